import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

/// What the server sends through a session that is a tunnel.
final class Tunnel: ReplyReceiver {
    /// A RESET has been sent: the tunnel ends with its confirmation.
    var awaitsReset = false

    private let session: Session
    private var beginning: [UInt8] = []
    private var unansweredCommands = 0
    private var mayHaveWritten = false
    /// Whether the cache is shut because of a command that flushes it.
    private(set) var isSuspending = false
    /// Ends a suspension that nothing else does.
    private var deadline: Scheduled<Void>?
    private var isInTransaction: Bool
    /// What flushes waits for EXEC.
    private var flushesAtExec: Bool
    private var hasEnded = false
    private var isInsideReply = false
    private var isPush = false

    private static let confirmation = Array("+RESET\r\n".utf8)

    /// A transaction that `session` has open goes on in the tunnel.
    init(session: Session) {
        self.session = session
        (isInTransaction, flushesAtExec) = session.openTransaction
    }

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        noteReceived(bytes, replies)
        session.pass(bytes)
        guard awaitsReset else { return }
        if beginning.count <= Self.confirmation.count {
            beginning.append(contentsOf: bytes.prefix(Self.confirmation.count + 1))
        }
        guard replies > 0 else { return }
        let isConfirmed = beginning == Self.confirmation
        beginning = []
        if isConfirmed { session.dispatcher.tunnelWasReset(session) }
    }

    override func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) {
        session.closeAfterReplies()
    }

    // MARK: What is cached

    /// A command goes into the tunnel.
    func noteSent(_ spec: UnsafePointer<CommandSpec>?, _ version: RESPVersion) {
        let isSubscription = spec?.pointee.route == .tunnel
        // In RESP3 what subscribes is answered by pushes alone.
        if !isSubscription || version == .resp2 { unansweredCommands += 1 }
        if !isSubscription, !(spec?.pointee.isReadOnly ?? false) { mayHaveWritten = true }
        guard let spec else { return }
        if isFlush(spec.pointee) { suspend() }
    }

    /// Whether the reply to the command may tell of a flush: the flush itself, even if it is only queued, and EXEC after that.
    private func isFlush(_ spec: CommandSpec) -> Bool {
        switch spec.route {
        case .multi: isInTransaction = true
        case .exec, .discard:
            defer { (isInTransaction, flushesAtExec) = (false, false) }
            return flushesAtExec
        default: break
        }
        guard spec.flushes != nil else { return false }
        flushesAtExec = isInTransaction
        return true
    }

    /// What is written through a tunnel can't be told command by command; so while a reply may be to a write, everything
    /// that is cached is in doubt when it comes. Pushes are replies to nothing.
    private func noteReceived(_ bytes: UnsafeRawBufferPointer, _ replies: Int) {
        if !isInsideReply { isPush = bytes.first == UInt8(ascii: ">") }
        isInsideReply = replies == 0
        guard !isPush else { return }
        if mayHaveWritten { session.dispatcher.cache?.cache.doubtEverything() }
        unansweredCommands = max(0, unansweredCommands - replies)
        guard unansweredCommands == 0 else { return }
        mayHaveWritten = false
        resume()
    }

    /// Shuts the cache until everything is answered; for a while only, because with CLIENT REPLY OFF nothing ever is.
    private func suspend() {
        guard let cache = session.dispatcher.cache else { return }
        if !isSuspending { cache.suspend(1) }
        isSuspending = true
        session.pinned?.expectUnseenChanges()
        deadline?.cancel()
        let bound = NIOLoopBound(self, eventLoop: cache.context.eventLoop)
        deadline = cache.context.eventLoop.scheduleTask(in: Self.longestSuspension) {
            if !bound.value.hasEnded { bound.value.resume() }
        }
    }

    private func resume() {
        guard isSuspending else { return }
        isSuspending = false
        deadline?.cancel()
        session.dispatcher.cache?.resume(1, .flushCommand)
    }

    /// Its connection was given back or lost: what is unanswered now never will be.
    func end() {
        hasEnded = true
        session.dispatcher.upstream?.whenAbandonedAreDead { [self] in resume() }
    }

    private static let longestSuspension = TimeAmount.seconds(1)
}
