import CommandDispatch
import Logging
import NIOCore
import RESP
import Stats
import Upstream

/// One client's connection: bytes in, commands to the dispatcher, replies out.
///
/// Commands are parsed where they were received and handed on one by one until the input ends, or until one can't be
/// taken yet.
///
/// A client whose replies pile up has no more commands executed until it takes them. But it is still read from, for a
/// while: many clients send a whole pipeline before they read the first reply, and would never read one if they could
/// not get rid of the pipeline. Requests are small, replies aren't; so waiting requests are what is kept, and what a
/// client may leave waiting is bounded (``RESPLoop/waitingLimit(of:)``). The rest stays in the client's own socket.
final class RESPConnection: ChannelInboundHandler, ChannelOutboundHandler, SessionOutlet {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let loop: RESPLoop
    private let configuration: RESPListenerConfiguration
    private var parser = RequestParser()
    private var session: Session?
    private var context: ChannelHandlerContext?
    private var socket: ClientSocket?
    /// How many writes are the channel's, and not done: what follows must not overtake them.
    private var delayedWrites = 0
    /// Received bytes that are not taken yet, from the beginning of a command.
    private var unread = ByteBuffer()
    private var waitingShare = ByteShare()
    private var readWasHeld = false
    private var inputClosed = false
    /// Where the next command begins is unknown.
    private var isOutOfStep = false
    private var isClosing = false
    private var isDraining = false
    /// Nothing more is read: the connection ends when what has come is answered.
    private var isEnding = false
    private var lastActivity = NIODeadline.now()

    init(loop: RESPLoop, configuration: RESPListenerConfiguration) {
        self.loop = loop
        self.configuration = configuration
    }

    // MARK: Input

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        guard let session, !isOutOfStep else { return }
        loop.dispatcher.counters.bytesIn.add(buffer.readableBytes)
        loop.dispatcher.context.lookAtClock()
        if configuration.idleTimeout != nil { lastActivity = .now() }
        guard unread.readableBytes == 0, !session.isSuspended else {
            unread.writeBuffer(&buffer)
            session.isSuspended ? countWaiting() : takeUnread(session)
            return
        }
        let taken = buffer.withUnsafeReadableBytes { takeCommands(in: $0, session) }
        buffer.moveReaderIndex(forwardBy: taken)
        if buffer.readableBytes > 0 { keep(&buffer) }
    }

    /// Copies what is left, so that the receive buffer is free again.
    private func keep(_ buffer: inout ByteBuffer) {
        unread.clear()
        unread.reserveCapacity(max(buffer.readableBytes, min(parser.expectedLength, Self.largestReservation)))
        unread.writeBuffer(&buffer)
        countWaiting()
    }

    /// Lets the loop know how much of this client's input waits.
    private func countWaiting() { waitingShare.set(unread.readableBytes, of: &loop.waitingBytes) }

    private func takeUnread(_ session: Session) {
        let share = parser.expectedLength + Self.shareOfTurn
        let isMore = unread.readableBytes > share
        let taken = unread.withUnsafeReadableBytes {
            takeCommands(in: UnsafeRawBufferPointer(rebasing: $0.prefix(share)), session)
        }
        unread.moveReaderIndex(forwardBy: taken)
        if unread.readableBytes == 0 || isOutOfStep {
            // An idle connection holds no buffer.
            unread = ByteBuffer()
        } else if taken > 0 {
            // Moving what is left is worth it only when there is less of it than of what is gone.
            if unread.readerIndex > unread.readableBytes { unread.discardReadBytes() }
        } else if unread.writableBytes < parser.expectedLength - unread.readableBytes {
            unread.reserveCapacity(min(parser.expectedLength, unread.readableBytes * 2 + Self.largestReservation))
        }
        countWaiting()
        if isMore, unread.readableBytes > 0, !session.isSuspended {
            session.isSuspended = true
            session.wake()
        }
    }

    /// How much of what has waited is taken at once, in bytes: some reads' worth, and more than a line may have, so
    /// that there is always something to take or to refuse.
    private static let shareOfTurn = 128 << 10
    /// What a client that only announces a long argument gets reserved for it, in bytes.
    private static let largestReservation = 1 << 20

    /// Hands the commands in `bytes` to the dispatcher; returns how many bytes were taken.
    private func takeCommands(in bytes: UnsafeRawBufferPointer, _ session: Session) -> Int {
        var taken = 0
        var lookedAt = 0
        var commands = 0
        defer { loop.dispatcher.context.tick.note(carried: commands) }
        do throws(RequestError) {
            while taken < bytes.count {
                if taken >= lookedAt, !parser.isInsideFrame {
                    lookedAt = max(loop.dispatcher.lookAhead(in: bytes, from: taken, for: session), taken + 1)
                }
                let rest = UnsafeRawBufferPointer(rebasing: bytes[taken...])
                switch try parser.parse(rest, authenticated: session.isTrusted) {
                case .incomplete: return taken
                case .nothing: break
                case .command:
                    if loop.dispatcher.dispatch(parser.command(in: rest), for: session) == .later {
                        session.isSuspended = true
                        return taken
                    }
                    commands += 1
                }
                taken += parser.frameLength
                parser.consume()
            }
        } catch {
            if error.isForStrangers, session.isAwaitingReply {
                // It may be a stranger no more when its AUTH is answered: the frame is looked at again then.
                parser.consume()
                session.isSuspended = true
                return taken
            }
            reject(error, session)
            return bytes.count
        }
        return taken
    }

    /// Tells the client what is wrong with its request and ends the connection, when what came before is answered.
    private func reject(_ error: RequestError, _ session: Session) {
        isOutOfStep = true
        if let message = error.message {
            session.replyError("ERR \(message)")
        } else {
            loop.logger.warning("closed a connection whose command exceeded \(parser.limits.frameLength) bytes")
        }
        session.closeAfterReplies()
    }

    // MARK: SessionOutlet

    var isWritable: Bool { context?.channel.isWritable ?? false }

    func write(_ replies: ByteBuffer) {
        guard let context else { return }
        loop.dispatcher.counters.bytesOut.add(replies.readableBytes)
        var rest = replies
        if delayedWrites == 0, let socket {
            rest.moveReaderIndex(forwardBy: rest.withUnsafeReadableBytes { socket.send($0) })
        }
        if rest.readableBytes > 0 { writeLater(rest, context) }
        if isDraining { endIfAnswered() }
    }

    /// Leaves it to the channel to write what the socket has no room for.
    private func writeLater(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        delayedWrites += 1
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.delayedWrites -= 1 }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: written)
    }

    func resume() {
        guard let session else { return }
        loop.dispatcher.context.lookAtClock()
        takeUnread(session)
        if readWasHeld, mayRead {
            readWasHeld = false
            context?.read()
        }
        if isEnding { end() }
        if inputClosed { tellInputEnded(session) }
    }

    func close() {
        guard let context, !isClosing else { return }
        isClosing = true
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    func abort() { context?.close(promise: nil) }

    // MARK: Flow

    /// While a command waits for its turn, no more than so much is read behind it.
    private var mayRead: Bool {
        session.map { !isEnding && (!$0.isSuspended || unread.readableBytes <= loop.waitingLimit(of: $0)) } ?? true
    }

    func read(context: ChannelHandlerContext) {
        readWasHeld = !mayRead
        if !readWasHeld { context.read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        session?.writabilityChanged(context.channel.isWritable)
    }

    // MARK: Life

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        socket = ClientSocket(of: context.channel)
        if let refusal = loop.refusal(of: context.remoteAddress, configuration) {
            loop.dispatcher.counters.rejectedConnections.add()
            var buffer = ByteBuffer()
            buffer.writeError(refusal)
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
            context.close(promise: nil)
            return
        }
        session = loop.dispatcher.makeSession(outlet: self)
        loop.opened(self)
        loop.logger.debug("client connected", metadata: ["address": "\(addressDescription(context))"])
        if let timeout = configuration.idleTimeout { checkIdleness(in: timeout, context.eventLoop) }
    }

    func channelInactive(context: ChannelHandlerContext) { ended() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that is gone is no event: its channel closes by itself.
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed, let session else {
            return context.fireUserInboundEventTriggered(event)
        }
        inputClosed = true
        tellInputEnded(session)
    }

    private func tellInputEnded(_ session: Session) {
        session.isSuspended ? session.inputEndedEarly() : session.inputEnded()
    }

    /// From now on the connection ends as soon as all that the client has sent is answered, right behind a reply: a
    /// client that waits for one before it sends more can't have anything on its way then.
    func drain() {
        guard let session else { return close() }
        if session.isTunnel { close() } else { isDraining = true }
    }

    private func endIfAnswered() {
        guard let session, session.isIdle, unread.readableBytes == 0, socket?.hasInput != true else { return }
        session.closeAfterReplies()
    }

    /// Answers what has come and closes; at once if nothing is under way.
    func end() {
        guard let session else { return close() }
        isEnding = true
        if session.isTunnel {
            close()
        } else if !session.isSuspended {
            session.closeAfterReplies()
        }
    }

    private func ended() {
        self.context = nil
        socket = nil
        guard let session else { return }
        self.session = nil
        session.end()
        unread = ByteBuffer()
        countWaiting()
        loop.closed(self)
    }

    private func checkIdleness(in delay: TimeAmount, _ eventLoop: any EventLoop) {
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: delay) { bound.value.closeIfIdle(eventLoop) }
    }

    private func closeIfIdle(_ eventLoop: any EventLoop) {
        guard let session, let timeout = configuration.idleTimeout else { return }
        let idle = NIODeadline.now() - lastActivity
        if idle >= timeout, session.isIdle, !session.isTunnel {
            loop.logger.debug("closed an idle client")
            return close()
        }
        checkIdleness(in: idle < timeout ? timeout - idle : timeout, eventLoop)
    }

    private func addressDescription(_ context: ChannelHandlerContext) -> String {
        context.remoteAddress?.description ?? "unix socket"
    }
}
