import CommandDispatch
import Logging
import NIOCore
import NIOHTTP1
import RESP
import Stats
import Upstream

/// One HTTP client's connection: requests in, commands to the dispatcher, responses out.
///
/// Requests are answered one after the other. What a client pipelines behind the one at hand waits, and while something
/// waits, or the client doesn't take its responses, nothing more is read.
///
/// The connection has one session for all its requests: so a client that keeps it reads its own writes as one that
/// speaks RESP does, and a request costs no set-up.
final class RESTConnection: ChannelDuplexHandler, SessionOutlet {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    /// Something that waits for its turn.
    private enum Incoming {
        case part(HTTPServerRequestPart)
        /// What follows can't be read.
        case broken(HTTPError)
        /// The client has closed its side within a request.
        case cutOff
    }

    private let loop: RESTLoop
    private var reader: RequestReader
    private var clock: RequestClock
    private var session: Session?
    private var context: ChannelHandlerContext?
    private var incoming = CircularBuffer<Incoming>()
    private var exchange: Exchange?
    private var commands = CommandQueue()
    private var replies = ReplyAssembler()
    private var response = ResponseWriter.Context()
    private var route = HTTPRoute.other
    private var verb = HTTPVerb.other
    /// What waits here of a body or a reply that isn't whole.
    private var incomingShare = ByteShare()
    /// What waits here of responses.
    private var outgoingShare = ByteShare()
    /// What was written since the socket last took everything, or nearly.
    private var unsentBytes = 0
    private(set) var standing = Standing.turnedAway
    private var isWorking = false
    private var isCompressing = false
    private var readWasHeld = false
    private var needsFlush = false
    private var inputIsClosed = false
    /// Nothing more is answered: what the client still sends is read over until it has taken note.
    private var isClosing = false
    /// The last response has left, too.
    private var isFinished = false

    init(_ loop: RESTLoop) {
        self.loop = loop
        reader = RequestReader(loop.gate, largestBody: loop.configuration.largestBody)
        clock = RequestClock(now: loop.now)
    }

    // MARK: Input

    /// Bytes have come in, of whatever.
    func bytesReceived(_ count: Int) {
        clock.received(now: loop.dispatcher.context.lookAtClock())
        loop.counters.restBytesIn.add(count)
        if !isClosing { act(reader.received(count)) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        let part = unwrapInboundIn(data)
        guard incoming.isEmpty, mayWork else {
            incoming.append(.part(part))
            return work()
        }
        isWorking = true
        take(part)
        isWorking = false
    }

    func channelReadComplete(context: ChannelHandlerContext) { flush() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Behind its last request a client may say what it likes; and one that is gone closes its channel by itself.
        guard !isClosing else { return }
        guard let error = error as? HTTPParserError else { return context.close(promise: nil) }
        incoming.append(error == .invalidEOFState ? .cutOff : .broken(HTTPError(error)))
        work()
        flush()
    }

    /// Goes on until the request at hand has to wait for something, or nothing is left.
    private func work() {
        guard !isWorking else { return }
        isWorking = true
        defer { isWorking = false }
        while mayWork, let next = incoming.popFirst() {
            switch next {
            case .part(let part): take(part)
            case .broken(let error):
                response = ResponseWriter.Context()
                refuseAndClose(error)
            case .cutOff: endAfterResponses()
            }
        }
        if inputIsClosed, isIdle { endAfterResponses() }
        if readWasHeld, mayRead {
            readWasHeld = false
            context?.read()
        }
    }

    /// Whether the next request may be looked at.
    private var mayWork: Bool {
        exchange == nil && !isCompressing && !isClosing && (context?.channel.isWritable ?? false)
    }

    private func take(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head): begin(RequestHead(head))
        case .body(let bytes):
            clock.bodyReceived(bytes.readableBytes, now: loop.now)
            act(reader.append(bytes))
            countWaiting(reader.bodyLength)
        case .end:
            act(reader.end())
            countWaiting(0)
        }
    }

    private func begin(_ head: RequestHead) {
        clock.headRead(now: loop.now)
        response = ResponseWriter.Context(
            isHead: head.method == .HEAD,
            keepsAlive: head.isKeepAlive && !head.asksForUpgrade && head.method != .CONNECT && !clock.isDraining,
            mentionsKeepAlive: head.isOld,
            crossOrigin: loop.configuration.crossOrigin.headers(for: head),
            ifNoneMatch: head.method == .GET || head.method == .HEAD ? head.ifNoneMatch : nil,
            coding: head.acceptEncoding.flatMap(ContentCoding.preferred)
        )
        route = head.route?.counted ?? .other
        verb = HTTPVerb(head.method)
        guard standing == .client || head.route?.isProbe ?? false else { return turnAway() }
        guard !loop.isFull || head.route.map({ $0.isPublic || $0.isProbe }) ?? true else {
            return refuseAndClose(.busy("too much is on its way to and from other clients"))
        }
        act(reader.begin(head))
    }

    private func act(_ action: RequestReader.Action) {
        switch action {
        case .wait: break
        case .sendContinue: send(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
        case .refuse(let error): refuse(Response(error))
        case .refuseAndClose(let error): refuseAndClose(error)
        case .serve(let request): serve(request)
        }
    }

    private func refuseAndClose(_ error: HTTPError) {
        var answer = Response(error)
        answer.closes = true
        refuse(answer)
    }

    private func refuse(_ answer: Response) {
        // What hasn't come of it isn't waited for.
        clock.requestRead(now: loop.now)
        finish(answer)
    }

    // MARK: Serving

    private func serve(_ request: Request) {
        clock.requestRead(now: loop.now)
        do throws(HTTPError) {
            switch try Router(loop).route(request) {
            case .response(let response): finish(response)
            case .exchange(let exchange):
                self.exchange = exchange
                if let answer = exchange.begin(&commands) { finish(answer) } else { sendCommands() }
            }
        } catch {
            finish(Response(error))
        }
    }

    /// Hands what the exchange asks to the dispatcher, as far as it takes it.
    private func sendCommands() {
        guard let session, let exchange else { return }
        while !commands.isEmpty, !session.isSuspended {
            let (disposition, outcome) = commands.withNext { loop.dispatcher.dispatchTraced($0, for: session) }
            guard disposition == .taken else {
                session.isSuspended = true
                return
            }
            commands.removeNext()
            exchange.commandTaken(outcome, &commands)
        }
    }

    private func take(_ reply: UnsafeRawBufferPointer) {
        // Of an exchange that was answered early, or whose client is gone, nobody wants the rest.
        guard let exchange else { return }
        if let answer = exchange.receive(reply, &commands) { finish(answer) } else { sendCommands() }
    }

    // MARK: SessionOutlet

    var isWritable: Bool { true }

    func write(_ bytes: ByteBuffer) {
        guard !isClosing else { return }
        loop.dispatcher.context.lookAtClock()
        do throws(ReplyFramingError) {
            let isAcceptable = try replies.take(bytes, longest: Self.longestReply) { take($0) }
            countWaiting(replies.waitingBytes)
            guard isAcceptable else {
                return giveUp(
                    HTTPError(
                        .internalServerError,
                        "the reply is larger than \(Self.longestReply) bytes: ask for less, or use the Redis protocol"
                    )
                )
            }
        } catch {
            return giveUp(HTTPError(.internalServerError, "Redis sent what is no reply: \(error.message)"))
        }
        work()
        flush()
    }

    /// What one reply of Redis may take, in bytes.
    private static let longestReply = 64 << 20

    func resume() {
        loop.dispatcher.context.lookAtClock()
        sendCommands()
        work()
        flush()
    }

    func close() { abort() }

    /// A reply won't be whole. Nothing of it has gone out, so the client can be told.
    func abort() {
        guard exchange != nil else { return drop() }
        giveUp(
            HTTPError(
                .serviceUnavailable,
                "ERR ocm lost its connection to Redis in the middle of the reply; the command may or may not have been "
                    + "executed"
            )
        )
    }

    /// Closes the connection here and now.
    func drop() { context?.close(promise: nil) }

    /// Answers without waiting for replies that are still out. They would come before those to the next request, so
    /// that the connection can't go on.
    private func giveUp(_ error: HTTPError) { giveUp(Response(error)) }

    private func giveUp(_ answer: Response) {
        var answer = answer
        answer.closes = true
        session?.end()
        session = nil
        finish(answer)
        flush()
    }

    // MARK: Output

    private func finish(_ answer: Response) {
        exchange = nil
        commands.removeAll()
        if answer.closes || clock.isDraining { response.keepsAlive = false }
        if let coding = response.coding, answer.body.readableBytes >= ContentCoding.smallestBody,
            !ResponseWriter.isNotModified(answer, response)
        {
            compress(answer, coding)
        } else {
            write(answer, coding: nil)
        }
    }

    private func compress(_ answer: Response, _ coding: ContentCoding) {
        var answer = answer
        guard answer.body.readableBytes > BodyCompressor.largestOnLoop else {
            answer.body = BodyCompressor.compress(answer.body, coding)
            return write(answer, coding: coding)
        }
        isCompressing = true
        let body = answer.body
        answer.body = ByteBuffer()
        BodyCompressor.compress(body, coding, on: loop.eventLoop).assumeIsolated().whenComplete { [answer] result in
            self.isCompressing = false
            guard !self.isClosing, let body = try? result.get() else { return self.drop() }
            var answer = answer
            answer.body = body
            self.write(answer, coding: coding)
            self.work()
            self.flush()
        }
    }

    private func write(_ answer: Response, coding: ContentCoding?) {
        var head = loop.dispatcher.context.buffers.take()
        let body = ResponseWriter.write(answer, response, coding: coding, date: loop.date, into: &head)
        loop.counters.http.count(route: route.rawValue, verb: verb, status: Int(answer.status.code))
        // What is answered at once has taken its time, too.
        let now = loop.dispatcher.context.lookAtClock()
        if let time = clock.answering(at: now) {
            loop.counters.http.durations.record(nanoseconds: Int(time.nanoseconds))
        }
        clock.answered(now: now)
        send(head)
        loop.dispatcher.context.buffers.put(head)
        if let body { send(body) }
        if !response.keepsAlive { endAfterResponses() }
    }

    private func send(_ bytes: ByteBuffer) {
        guard let context else { return }
        loop.counters.restBytesOut.add(bytes.readableBytes)
        unsentBytes += bytes.readableBytes
        context.write(wrapOutboundOut(bytes), promise: nil)
        needsFlush = true
    }

    private func flush() {
        guard needsFlush else { return }
        needsFlush = false
        context?.flush()
        countUnsent()
    }

    private func countWaiting(_ bytes: Int) { incomingShare.set(bytes, of: &loop.waitingBytes) }

    /// Responses that the socket has taken don't count.
    private func countUnsent() {
        if context?.channel.isWritable ?? true { unsentBytes = 0 }
        outgoingShare.set(unsentBytes, of: &loop.waitingBytes)
    }

    /// Whether nothing is under way.
    private var isIdle: Bool { exchange == nil && !isCompressing && !reader.isReading && incoming.isEmpty }

    // MARK: Flow

    /// While something waits its turn, nothing more is read.
    private var mayRead: Bool { isClosing || incoming.isEmpty }

    func read(context: ChannelHandlerContext) {
        readWasHeld = !mayRead
        if !readWasHeld { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        clock.writabilityChanged(context.channel.isWritable, now: loop.dispatcher.context.lookAtClock())
        countUnsent()
        work()
        flush()
    }

    // MARK: Life

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        standing = loop.opened(self)
        guard standing != .turnedAway else {
            turnAway()
            return flush()
        }
        // Its place is for the next one, too.
        if standing == .surplus { drain() }
        // A batch of them goes to Redis in one piece.
        session = loop.dispatcher.makeSession(outlet: self, isStateless: true, batch: BatchGetBody.mostKeys)
    }

    /// It is too many, and wants something else than to know how we are.
    private func turnAway() {
        loop.left(standing)
        standing = .turnedAway
        loop.noteRejection()
        refuseAndClose(.busy("too many clients are connected"))
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosing = true
        self.context = nil
        exchange = nil
        session?.end()
        session = nil
        incoming.removeAll()
        countWaiting(0)
        countUnsent()
        loop.closed(self)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        inputIsClosed = true
        if isFinished {
            context.close(promise: nil)
        } else if isIdle {
            endAfterResponses()
        }
    }

    /// Closes the connection so that the client gets all that was written: a socket that is closed with input unread
    /// takes back what it has sent.
    private func endAfterResponses() {
        guard let context, !isClosing else { return }
        isClosing = true
        clock.sendingLast(now: loop.now)
        incoming.removeAll()
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in
            self.isFinished = true
            self.clock.closing(now: self.loop.dispatcher.context.lookAtClock())
            if self.inputIsClosed { context.close(promise: nil) } else { context.close(mode: .output, promise: nil) }
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
        needsFlush = false
        if readWasHeld {
            readWasHeld = false
            context.read()
        }
    }

    /// From now on each response is the connection's last.
    func drain() { clock.drain(now: loop.dispatcher.context.lookAtClock()) }

    /// Looks whether the client, or its request, takes too long.
    func checkTime(_ now: NIODeadline) {
        if let limit = exchange?.timeLimit, let time = clock.answering(at: now), time > limit, let exchange {
            return giveUp(exchange.timedOut())
        }
        let unsent = try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)
        clock.look(atUnsent: unsent ?? 0, now: now)
        switch clock.verdict(at: now) {
        case .fine: break
        case .tooSlow:
            refuseAndClose(HTTPError(.requestTimeout, "the request took too long to arrive"))
            flush()
        case .close where standing == .surplus && !isClosing:
            turnAway()
            flush()
        case .close: drop()
        }
    }
}
