import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

/// What the server sends through a session that is a tunnel.
final class Tunnel: ReplyReceiver {
    /// A RESET has been sent: the tunnel ends with its confirmation.
    var awaitsReset = false
    /// Whether the cache is shut because of a command that flushes it.
    private(set) var isSuspending = false

    private let session: Session
    /// The beginning of the frame that is coming.
    private var beginning: [UInt8] = []
    private var commands = TunnelledCommands()
    private var transaction: Transaction
    /// The last command that may show or change keys, by its number.
    private var lastOnKeys = 0
    /// The last command that flushes, by its number, while it may be without a reply.
    private var lastFlush: Int?
    /// Ends a suspension that nothing else does.
    private var deadline: Scheduled<Void>?
    /// Whether there may be commands that never get a reply.
    private var mayBeSilent = false
    private var hasEnded = false

    private static let confirmation = Array("+RESET\r\n".utf8)

    /// A transaction that `session` has open goes on in the tunnel.
    init(session: Session) {
        self.session = session
        transaction = session.takeTransaction()
    }

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        beginning.append(contentsOf: bytes.prefix(max(0, TunnelledFrame.bytesNeeded - beginning.count)))
        noteReceived(isWhole: replies > 0)
        session.pass(bytes)
        guard replies > 0 else { return }
        let isConfirmed = awaitsReset && beginning == Self.confirmation
        beginning.removeAll(keepingCapacity: true)
        if isConfirmed { session.dispatcher.tunnelWasReset(session) }
    }

    // MARK: What is cached

    /// A command goes into the tunnel.
    func noteSent(_ command: Command, _ spec: UnsafePointer<CommandSpec>?) {
        let isSubscription = spec?.pointee.route == .subscription && !transaction.isOpen
        commands.add(isSubscription: isSubscription)
        guard let spec else {
            lastOnKeys = commands.sent
            return
        }
        if !isSubscription, !spec.pointee.isReadOnly || spec.pointee.keys != .none { lastOnKeys = commands.sent }
        if spec.pointee.route == .client, command.count > 1, command.argument(1, is: "reply") { mayBeSilent = true }
        if isFlush(command, spec.pointee) { suspend() }
    }

    /// Whether the reply to the command may tell of a flush: the flush itself, even if it is only queued, and EXEC after that.
    private func isFlush(_ command: Command, _ spec: CommandSpec) -> Bool {
        switch spec.route {
        case .multi: transaction.begin()
        case .exec: return transaction.end().contains { $0.effect == .flush }
        case .discard: _ = transaction.end()
        default: break
        }
        guard spec.flushReason(of: command) != nil else { return false }
        transaction.add(CommandMark(hash: 0, sentAt: 0, command: spec.index, effect: .flush, isLast: true))
        return true
    }

    /// What is read or written through a tunnel isn't told key by key; so while a reply may be to such a command, everything
    /// that is cached is in doubt when it comes. Pushes of RESP3 are replies to nothing.
    private func noteReceived(isWhole: Bool) {
        guard let cache = session.dispatcher.cache else { return }
        if beginning.first != UInt8(ascii: ">") {
            if commands.answered < lastOnKeys { cache.cache.doubtEverything() }
            if lastFlush != nil, !isSuspending { cache.flush(.flushCommand) }
        }
        guard isWhole else { return }
        commands.receive(TunnelledFrame(beginning))
        if let lastFlush, commands.answered >= lastFlush { endFlush() }
    }

    /// Shuts the cache until everything is answered; for a while only, because the server may take its time, and with CLIENT
    /// REPLY OFF nothing ever is. A reply that comes later flushes once more.
    private func suspend() {
        guard let cache = session.dispatcher.cache else { return }
        lastFlush = commands.sent
        if !isSuspending { cache.suspend(1) }
        isSuspending = true
        session.pinned?.expectUnseenChanges()
        deadline?.cancel()
        let bound = NIOLoopBound(self, eventLoop: cache.context.eventLoop)
        deadline = cache.context.eventLoop.scheduleTask(in: Self.longestSuspension) { bound.value.waitedLong() }
    }

    private func waitedLong() {
        guard !hasEnded else { return }
        mayBeSilent ? endFlush() : resume()
    }

    private func endFlush() {
        lastFlush = nil
        resume()
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
        guard lastFlush != nil else { return }
        session.dispatcher.upstream?.whenAbandonedAreDead { [self] in
            if isSuspending { resume() } else { session.dispatcher.cache?.flush(.flushCommand) }
        }
    }

    private static let longestSuspension = TimeAmount.seconds(1)
}
