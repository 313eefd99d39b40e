import NIOCore
import NIOTLS
import RESP

/// One connection to the server: commands in, replies out to whoever sent the commands, in order.
///
/// Commands may be sent from the moment it exists; they leave once the handshake is through. A reply is handed on as
/// it arrives, also in parts, so a big value is never held here. When the connection ends, its owner gets every
/// command that has no reply, through ``forEachUnanswered(_:)``.
public final class UpstreamConnection: TickWork, ChannelInboundHandler, ChannelOutboundHandler {
    /// What comes in.
    public typealias InboundIn = ByteBuffer
    /// What goes out, from here.
    public typealias OutboundIn = ByteBuffer
    /// What goes out.
    public typealias OutboundOut = ByteBuffer

    private enum Phase {
        case connecting
        /// The TLS handshake is under way.
        case securing
        case handshaking
        case ready
        case closed
    }

    /// What the connection is to the server. Whoever changes it with a command says so here.
    public var identity: Identity
    /// The name that `CLIENT SETNAME` last gave to the connection.
    public var clientName: [UInt8] = []
    /// Whether the server has refused to give it another.
    public var refusesNames = false
    /// How many commands without a reply may rightly take for ever: blocking commands and scripts.
    public var slowCommands = 0
    /// Whether a command without a reply may change what nobody hears of.
    var carriesUnseenChanges = false
    /// What the server calls the connection, if that is known.
    var clientInfo: ClientInfo? { handshake.clientInfo }
    /// Whether the server wants a password, of which it was given none, before it carries out commands.
    var lacksPassword: Bool { handshake.lacksPassword }
    /// Since when it has been there.
    let opened = NIODeadline.now()
    /// Whether any client's command has been answered.
    private(set) var hasServed = false
    /// Since when nobody uses the connection.
    var idleSince = NIODeadline.now()

    private let url: UpstreamURL
    let owner: any UpstreamConnectionOwner
    private let context: LoopContext
    private var phase = Phase.connecting
    private var handshake: Handshake
    private var hasAnswered = false
    private(set) var channelContext: ChannelHandlerContext?
    /// The places in the channels that are about to be connected, and in the one that is.
    private var attempts: [ChannelHandlerContext] = []
    private var framer = ReplyFramer()
    private var pending = RingQueue<PendingRun>()
    private var log: CommandLog
    private var pacing: WritePacing
    /// When something last came, or was awaited anew; or until when it needn't come.
    private(set) var lastProgress = NIODeadline.now()
    /// When something last came.
    private var lastArrival = NIODeadline.uptimeNanoseconds(0)
    private var waiters: [ReplyReceiver] = []
    private var readsHeld = false
    private var readWasHeld = false
    /// Nothing is sent after what was gathered.
    private var isFinishing = false

    /// Above this many unsent bytes the connection asks its users to wait.
    static let congestion = 1 << 20

    init(
        identity: Identity,
        url: UpstreamURL,
        owner: any UpstreamConnectionOwner,
        context: LoopContext,
        identifies: Bool
    ) {
        self.identity = identity
        self.url = url
        self.owner = owner
        self.context = context
        handshake = Handshake(identity: identity, url: url, identifies: identifies)
        log = CommandLog(pool: context.buffers)
        pacing = WritePacing(gathers: owner.sharesConnections)
        super.init()
    }

    // MARK: State

    /// Whether commands can still be sent.
    public var isOpen: Bool { phase != .closed && !isFinishing }
    /// Whether the server has taken the connection.
    public var isReady: Bool { phase == .ready }
    /// Whether every command has its reply.
    public var isQuiet: Bool { pending.isEmpty }
    /// Whether whoever has more to send should wait for ``ReplyReceiver/upstreamDrained()`` first.
    public private(set) var isCongested = false

    /// Every command asks, so the answer is at hand and changes only where it can.
    private func updateCongestion() {
        let isCongested = log.gatheredBytes > Self.congestion || channelContext.map { !$0.channel.isWritable } ?? false
        guard isCongested != self.isCongested else { return }
        self.isCongested = isCongested
        owner.congestionChanged(of: self)
        guard !isCongested else { return }
        wakeWaiters()
    }

    private func wakeWaiters() {
        let woken = waiters
        waiters = []
        for receiver in woken { receiver.upstreamDrained() }
    }

    /// Calls `receiver` once when the connection is no longer congested.
    public func notifyWhenDrained(_ receiver: ReplyReceiver) { waiters.append(receiver) }

    /// Whether anything that was sent hasn't left this process.
    public var hasUnsent: Bool {
        let waiting = try? channelContext?.channel.syncOptions?.getOption(.bufferedWritableBytes)
        return log.gatheredBytes > 0 || (waiting ?? 0) > 0
    }

    /// How long the server has been silent although it owes a reply; nil when it owes none that should be quick.
    func silence(at now: NIODeadline) -> TimeAmount? {
        if phase == .ready, pending.isEmpty || slowCommands > 0 || isStreaming || readsHeld { return nil }
        return now - lastProgress
    }

    /// The server may be silent until then without being away: it was told to hold commands back.
    public func expectSilence(until end: NIODeadline) { lastProgress = max(lastProgress, end) }

    /// Whether the server is about to answer: something is outstanding, and something has just come.
    func isAnswering(at now: NIODeadline) -> Bool {
        phase == .ready && !pending.isEmpty && now - lastArrival < Self.recently
    }

    private static let recently = TimeAmount.seconds(1)

    private var isStreaming: Bool {
        guard !pending.isEmpty else { return false }
        return pending.last.expectation == .stream || pending.last.expectation == .rawStream
    }

    // MARK: Sending

    /// The next command may change what nobody hears of, so it must be dead when the connection is:
    /// ``RedisUpstream/whenAbandonedAreDead(_:)``.
    public func expectUnseenChanges() { carriesUnseenChanges = true }

    /// Sends a command; `receiver` gets its reply.
    @inline(__always)
    public func send(_ frame: UnsafeRawBufferPointer, to receiver: ReplyReceiver) {
        expect(.replies, for: receiver)
        append(frame)
    }

    /// Sends a command that belongs to a stream: what comes back goes to the stream's receiver.
    public func sendInStream(_ frame: UnsafeRawBufferPointer) { append(frame) }

    /// Sends a command again that a broken connection left without a reply.
    func resend(_ frame: UnsafeRawBufferPointer, to receiver: ReplyReceiver) {
        // Where runs began the first time isn't known any more.
        receiver.beginsNewRun = true
        expect(.retriedReplies, for: receiver)
        append(frame)
    }

    /// Lets a command fail when all those before it have their replies.
    func failInTurn(_ failure: UpstreamFailure, for receiver: ReplyReceiver) {
        // Something made elsewhere may have its turn between two of them.
        receiver.beginsNewRun = true
        expect(.failure(failure), for: receiver)
    }

    /// From here on everything that arrives is `receiver`'s. With `framed`, each call ends at a reply's end or in the
    /// middle of the last one.
    public func stream(to receiver: ReplyReceiver, framed: Bool) {
        expect(framed ? .stream : .rawStream, for: receiver)
    }

    @inline(__always)
    private func expect(_ expectation: PendingRun.Expectation, for receiver: ReplyReceiver) {
        if pending.isEmpty {
            lastProgress = max(lastProgress, .now())
        } else if pending.last.receiver === receiver, pending.last.expectation == expectation, !receiver.beginsNewRun {
            pending.last.commands += 1
            return
        }
        receiver.beginsNewRun = false
        pending.append(PendingRun(receiver: receiver, commands: 1, expectation: expectation))
    }

    @inline(__always)
    private func append(_ frame: UnsafeRawBufferPointer) {
        if log.append(frame) {
            if phase == .ready {
                writeGathered()
                channelContext?.flush()
            }
            updateCongestion()
        }
        context.tick.add(self)
    }

    /// Writes what was gathered, unless it had better wait.
    public override func runTick() {
        guard phase == .ready, let channelContext else { return }
        if pacing.mayWrite {
            writeGathered()
            channelContext.flush()
            updateCongestion()
        }
        failThoseInTurn()
        if isFinishing { channelContext.close(mode: .output, promise: nil) }
    }

    /// Ends what is sent, so that the server answers what it can and then ends the connection.
    ///
    /// So it does over TLS: Redis answers each record before it reads the next, the last of which announces the end,
    /// and its answers are read here until it ends the connection itself. TLS 1.2 would have it answer nothing more
    /// (RFC 5246, 7.2.1), which it doesn't heed. Before a proxy that did, the client would see its connection end, as
    /// it does when Redis goes away.
    public func finishSending() {
        isFinishing = true
        context.tick.add(self)
    }

    private func writeGathered() {
        let commands = log.gatheredCommands
        guard let channelContext, let buffer = log.takeGathered(forgetting: isStreaming) else { return }
        pacing.wrote(commands) { .now() }
        channelContext.write(wrapOutboundOut(buffer), promise: nil)
    }

    // MARK: Receiving

    /// Hands on what the server sent.
    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        lastProgress = self.context.lookAtClock()
        lastArrival = lastProgress
        // Before the clients whose replies these are, so that the server works while they are written to.
        if log.gatheredCommands > 0 { self.context.tick.add(self) }
        buffer.withUnsafeReadableBytes { bytes in
            do throws(ReplyFramingError) {
                switch phase {
                case .ready: try readReplies(bytes)
                case .handshaking: try readHandshake(bytes)
                // What TLS had decrypted when the connection was given up.
                case .connecting, .securing, .closed: break
                }
            } catch {
                let reason = phase == .handshaking ? error.meaningInFirstAnswer : error.message
                close(.lost(server: owner.serverName, reason: reason))
            }
        }
    }

    private func readReplies(_ bytes: UnsafeRawBufferPointer) throws(ReplyFramingError) {
        var index = 0
        var undelivered = 0
        var replies = 0
        var goesOn = false
        if !pending.isEmpty { pending.first.receiver.prepare() }
        while index < bytes.count, phase != .closed {
            guard !pending.isEmpty else {
                let end = try framer.endOfFrame(in: bytes, from: index)
                // A push that nobody asked for is harmless; any other reply means that replies no longer match.
                guard framer.kind == UInt8(ascii: ">") else { return endOutOfStep(bytes, from: index) }
                guard let end else { return }
                index = end
                undelivered = end
                continue
            }
            if pending.first.expectation == .rawStream {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
                return pending.first.receiver.receive(rest, replies: 0, goesOn: true)
            }
            let isStream = pending.first.expectation == .stream
            let start = index
            guard let end = try framer.endOfFrame(in: bytes, from: index) else {
                // Part of a push waits for nobody, part of a reply is passed on.
                goesOn = framer.kind != UInt8(ascii: ">") || isStream
                index = goesOn ? bytes.count : start
                break
            }
            index = end
            if framer.kind == UInt8(ascii: "-"), PrimarySearch.isSuggested(by: .init(rebasing: bytes[start..<end])) {
                owner.connectionIsAtReplica(self)
            }
            if framer.kind == UInt8(ascii: ">"), !isStream {
                deliver(bytes, undelivered..<start, replies, goesOn: false)
                undelivered = end
                replies = 0
                continue
            }
            replies += 1
            if replies == pending.first.commands || isStream {
                deliver(bytes, undelivered..<end, replies, goesOn: false)
                undelivered = end
                replies = 0
            }
        }
        if index > undelivered, phase != .closed { deliver(bytes, undelivered..<index, replies, goesOn: goesOn) }
    }

    @inline(__always)
    private func deliver(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ replies: Int, goesOn: Bool) {
        guard !range.isEmpty else { return }
        let receiver = pending.first.receiver
        if pending.first.expectation != .stream {
            log.answered(replies)
            if !hasServed { hasServed = receiver.isForClient }
            pacing.answered(replies, at: lastProgress)
            context.tick.note(carried: replies)
            pending.first.commands -= replies
            if pending.first.commands == 0 {
                _ = pending.removeFirst()
                if pending.isEmpty {
                    slowCommands = 0
                    carriesUnseenChanges = false
                } else {
                    pending.first.receiver.prepare()
                }
            }
        }
        receiver.receive(UnsafeRawBufferPointer(rebasing: bytes[range]), replies: replies, goesOn: goesOn)
        failThoseInTurn()
    }

    private func failThoseInTurn() {
        while !pending.isEmpty, case .failure(let failure) = pending.first.expectation {
            let run = pending.removeFirst()
            run.receiver.fail(failure, commands: run.commands, afterPartOfReply: false)
        }
    }

    private func readHandshake(_ bytes: UnsafeRawBufferPointer) throws(ReplyFramingError) {
        hasAnswered = true
        var index = 0
        while phase == .handshaking, index < bytes.count {
            let end = try framer.endOfFrame(in: bytes, from: index)
            let part = UnsafeRawBufferPointer(rebasing: bytes[index..<(end ?? bytes.count)])
            guard handshake.hasRoom(for: part.count) else {
                return close(.lost(server: owner.serverName, reason: "its first answers are too long"))
            }
            switch handshake.receive(part, isWhole: end != nil) {
            case .waiting: break
            case .proceed(let request): channelContext?.writeAndFlush(wrapOutboundOut(request), promise: nil)
            case .ready:
                phase = .ready
                owner.connectionReady(self)
                context.tick.add(self)
            case .refused(let line): close(.refused(line: line))
            }
            index = end ?? bytes.count
        }
    }

    private func endOutOfStep(_ bytes: UnsafeRawBufferPointer, from index: Int) {
        let line = String(decoding: bytes[index...].prefix { $0 != 13 }.prefix(128), as: UTF8.self)
        close(.lost(server: owner.serverName, reason: "it said '\(line)' unasked"))
    }

    // MARK: Life

    /// Remembers the channel, to close it if it is needed no more.
    public func handlerAdded(context: ChannelHandlerContext) { attempts.append(context) }

    /// Lets go of it.
    public func handlerRemoved(context: ChannelHandlerContext) { attempts.removeAll { $0 === context } }

    /// Introduces itself, or has it done when nobody else can listen any more.
    ///
    /// There is a channel for each address of the server's name that is tried (RFC 8305), and this handler is in all of
    /// them. The first to be connected is the connection; what becomes of the others is no news.
    public func channelActive(context: ChannelHandlerContext) {
        guard phase == .connecting, channelContext == nil else { return context.close(promise: nil) }
        channelContext = context
        if url.usesTLS { phase = .securing } else { introduceItself(context) }
    }

    /// Introduces itself when the TLS handshake is through.
    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if phase == .securing, case .handshakeCompleted? = event as? TLSUserEvent { introduceItself(context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func introduceItself(_ context: ChannelHandlerContext) {
        phase = .handshaking
        context.writeAndFlush(wrapOutboundOut(handshake.request), promise: nil)
    }

    /// The server closed the connection, or the network did.
    public func channelInactive(context: ChannelHandlerContext) {
        guard context === channelContext else { return }
        channelContext = nil
        ended(.lost(server: owner.serverName, reason: reasonOfUnansweredEnd ?? "the server closed it"))
    }

    /// Something broke.
    public func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard context === channelContext else { return }
        if !isReady, let failure = error as? any TLSFailure, failure.isDistrust {
            return close(.untrusted(server: owner.serverName, reason: failure.reason))
        }
        let reason = UpstreamConnector.isReset(error) ? reasonOfUnansweredEnd : nil
        close(.lost(server: owner.serverName, reason: reason ?? UpstreamConnector.reason(of: error)))
    }

    /// What may be behind it when the server ends the connection without a word: one that wants TLS does so when it is
    /// spoken to without.
    private var reasonOfUnansweredEnd: String? {
        guard phase == .handshaking, !hasAnswered, url.mightUseTLS else { return nil }
        return "the server closed it before it had answered: if it wants TLS, write rediss:// in place of redis://"
    }

    /// What it means that the server hasn't taken the connection within `time`: one without TLS waits for the end of
    /// what it takes for a line.
    func reasonOfSilence(for time: TimeAmount) -> String {
        phase == .securing
            ? "no answer to the TLS handshake within \(time.text): if the port is one without TLS, write redis://"
            : "no answer within \(time.text)"
    }

    /// Lets those go on who waited for room.
    public func channelWritabilityChanged(context: ChannelHandlerContext) {
        updateCongestion()
    }

    /// Reads no more while its user can't take more.
    public func read(context: ChannelHandlerContext) {
        readWasHeld = readsHeld
        if !readsHeld { context.read() }
    }

    /// Stops or resumes reading from the server: what a slow client doesn't take stays there.
    public func holdReads(_ held: Bool) {
        readsHeld = held
        // It wasn't the server that was silent.
        lastProgress = .now()
        guard !held, readWasHeld, let channelContext else { return }
        readWasHeld = false
        channelContext.read()
    }

    /// Ends the connection on purpose; its owner isn't told. Whoever waits for a reply isn't either, and may be held by
    /// nothing else.
    public func closeQuietly() {
        phase = .closed
        pending = RingQueue()
        log = CommandLog(pool: context.buffers)
        closeChannels()
        wakeWaiters()
    }

    /// Ends the connection because of `failure`.
    func close(_ failure: UpstreamFailure) {
        ended(failure)
        closeChannels()
    }

    private func closeChannels() {
        for context in attempts { context.close(promise: nil) }
    }

    private func ended(_ failure: UpstreamFailure) {
        guard phase != .closed else { return }
        let wasReady = phase == .ready
        phase = .closed
        owner.connectionClosed(self, failure, wasReady: wasReady)
        wakeWaiters()
    }

    /// Takes out every command that has no reply and lets it fail, those that the server can't have seen with
    /// `failureOfUnsent`.
    func failUnanswered(_ failure: UpstreamFailure, unsent failureOfUnsent: UpstreamFailure) {
        forEachUnanswered {
            let failure = $0.failure ?? ($0.mayHaveBeenSent ? failure : failureOfUnsent)
            $0.receiver.fail(failure, commands: 1, afterPartOfReply: $0.isTorn)
        }
    }

    /// Takes out every command that has no reply and calls `body` with it, in order.
    func forEachUnanswered(_ body: (Unanswered) -> Void) {
        var runs = RingQueue<PendingRun>()
        swap(&runs, &pending)
        // An answer to the handshake was nobody's, and a push isn't.
        let isReplyTorn = !handshake.isUnfinished && framer.isInsideFrame && framer.kind != UInt8(ascii: ">")
        runs.removeAll(log, firstIsTorn: isReplyTorn, body)
    }
}
