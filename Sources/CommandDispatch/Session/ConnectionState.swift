/// What a session has left on its pinned connection that another session must not meet.
///
/// It follows the server's replies, not the commands sent: a MULTI that was refused opens nothing, and a DISCARD that
/// was refused closes nothing.
struct ConnectionState {
    /// Commands that open, end or abandon a transaction.
    enum Command {
        case multi
        case exec
        case discard
        case watch
        case unwatch
        /// One after which the connection is no longer like any other: NO-EVICT, READONLY, what is newer than we know.
        case keep
        /// One whose reply tells the connection's id.
        case identify
    }

    /// Between MULTI and its EXEC or DISCARD.
    private(set) var inTransaction = false
    /// Keys are watched.
    private(set) var isWatching = false
    /// State that no reply tells the end of.
    private(set) var isSticky = false
    /// Whether the client knows the connection's id.
    private(set) var isIDKnown = false
    /// Whether the server may have taken the connection for another user than the session is.
    private(set) var mayBeAnotherUsers = false

    /// Whether a transaction may have changed the protocol or the database, and may not.
    private(set) var isIdentityUnsure = false
    /// Whether it matters what EXEC's reply says.
    var hasEffectsOfExec: Bool { !effectsOfExec.isEmpty }

    /// What has an effect here too, if the transaction is executed; each is told whether nothing in it failed.
    private var effectsOfExec: [(_ isFlawless: Bool) -> Void] = []

    /// Whether nothing is left: the connection may serve another session.
    var isClean: Bool { !inTransaction && !isWatching && !isSticky }

    /// The connection stays with the session.
    mutating func keep() { isSticky = true }

    /// The client knows the connection's id.
    mutating func noteIDIsKnown() { isIDKnown = true }

    /// The server has been told that the connection is another user's, and hasn't said what it made of that.
    mutating func keepForAnotherUser() {
        keep()
        mayBeAnotherUsers = true
    }

    /// A transaction has been executed that was to change the protocol or the database, and something in it failed.
    mutating func noteIdentityIsUnsure() { isIdentityUnsure = true }

    /// A command was queued that has an effect here too, if its transaction is executed.
    mutating func atExec(_ effect: @escaping (_ isFlawless: Bool) -> Void) { effectsOfExec.append(effect) }

    /// The reply to `command` began with `reply` (at least 24 bytes of it, if it has as many). Returns what has to be
    /// done because of it.
    mutating func replied(to command: Command, _ reply: [UInt8]) -> [(_ isFlawless: Bool) -> Void] {
        let isError = reply.first == UInt8(ascii: "-")
        var effects: [(Bool) -> Void] = []
        if command == .exec || command == .discard {
            let isExecuted = command == .exec && reply.first == UInt8(ascii: "*") && !reply.starts(with: "*-".utf8)
            if isExecuted { effects = effectsOfExec }
            effectsOfExec = []
        }
        switch command {
        case .keep: if !isError { keep() }
        case .identify: if !isError { noteIDIsKnown() }
        case .multi:
            if !isError { inTransaction = true }
        case .watch:
            if reply.starts(with: "+OK".utf8) { isWatching = true }
        case .unwatch:
            if reply.starts(with: "+OK".utf8) { isWatching = false }
        case .discard:
            if !isError { (inTransaction, isWatching) = (false, false) }
        case .exec:
            if !isError || reply.starts(with: "-EXECABORT".utf8) {
                (inTransaction, isWatching) = (false, false)
            } else if !reply.starts(with: "-ERR EXEC without MULTI".utf8) {
                // An error that says nothing of the transaction: better a connection too many than a leak.
                isSticky = true
            }
        }
        return effects
    }
}
