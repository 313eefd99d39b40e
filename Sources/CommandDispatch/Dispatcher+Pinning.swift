import NIOCore
import RESP
import Stats
import Upstream

/// # Pinned connections
///
/// A session gets a connection to itself, from a pool, with its first command that needs one, and gives it back when
/// every reply is in and nothing of it is left on the connection (``ConnectionState``). In between all its commands go
/// there: they stay in order without waiting. What the server says decides what is left, not what was sent.
///
/// The name that the client gave itself goes with the session: it is set on a connection that has another one, so
/// `CLIENT LIST` shows it where it matters.
extension Dispatcher {
    /// Sends a command over the session's own connection.
    ///
    /// - Parameters:
    ///   - reply: who gets the reply first; by default the session.
    ///   - pace: how long the server may rightly take.
    func sendPinned(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        reply: ReplyReceiver? = nil,
        pace: CommandPace = .usual
    ) -> Disposition {
        switch pinnedConnection(of: session) {
        case .later: return .later
        case .refused: return .taken
        case .connection(let connection):
            if pace != .usual { connection.slowCommands += 1 }
            counters.pinnedCommands.add()
            session.noteSent(command, spec, isTimed: pace != .waiting)
            connection.send(command.frame, to: reply ?? session)
            return .taken
        }
    }

    /// Sends what ends a script, or the server: over the session's own connection, so that a SHUTDOWN that takes long
    /// holds up nobody else. While a script runs long, the server refuses to SELECT a database for a connection that
    /// isn't there yet, and these commands need none, so the session has one in database 0 for this command alone.
    func sendToBusyServer(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session
    ) -> Disposition {
        var identity = session.identity
        identity.db = 0
        guard session.pinned == nil, session.reserved == nil, identity != session.identity else {
            return sendPinned(command, spec, session, pace: .slow)
        }
        switch pinnedConnection(of: session, in: identity) {
        case .later: return .later
        case .refused: return .taken
        case .connection:
            session.obstacles.insert(.awaitingReply)
            return sendPinned(command, spec, session, reply: BorrowedConnectionReply(session), pace: .slow)
        }
    }

    /// WAIT waits for what its own connection wrote last. A PING in front of it makes that everything so far.
    func sendWait(_ command: Command, _ spec: UnsafePointer<CommandSpec>, _ session: Session) -> Disposition {
        if session.mayBeEnteringTransaction { return .later }
        switch pinnedConnection(of: session) {
        case .later: return .later
        case .refused: return .taken
        case .connection(let connection):
            // Inside a transaction WAIT doesn't wait, and a PING would be one of its commands.
            if !session.connectionState.inTransaction { connection.send(["PING"], to: discard) }
            return sendPinned(command, spec, session, pace: .waiting)
        }
    }

    /// What came of asking for a session's own connection.
    enum PinnedConnection {
        case connection(UpstreamConnection)
        /// Replies are outstanding elsewhere, or there is no room.
        case later
        /// There is none, and the client has been told.
        case refused
    }

    /// The session's own connection, which it gets now if it has none; rather one that is already what the session is
    /// about to become.
    func pinnedConnection(of session: Session, becoming wanted: Identity? = nil) -> PinnedConnection {
        if let pinned = session.pinned {
            guard !pinned.isCongested else {
                pinned.notifyWhenDrained(session)
                return .later
            }
            // It has the name of who had it before, if the session has only changed its identity over it so far.
            if session.connectionState.isClean, session.outstanding == 0, wanted == nil { rename(pinned, for: session) }
            excuseSilence(of: pinned, for: session)
            return .connection(pinned)
        }
        if session.reserved != nil {
            guard session.outstanding == 0 else { return .later }
            guard let connection = session.pinReserved() else { return .later }
            rename(connection, for: session)
            return .connection(connection)
        }
        // It may have yet to log in, and nobody may name himself before.
        guard let wanted else {
            let result = pinnedConnection(of: session, in: session.identity)
            if case .connection(let connection) = result { rename(connection, for: session) }
            return result
        }
        let isAtHand = upstream?.hasIdle(wanted) ?? false
        return pinnedConnection(of: session, in: isAtHand ? wanted : session.identity)
    }

    /// While a pause may hold what the session sends next, its connection needn't answer: one of writes holds what a
    /// transaction may have in it.
    private func excuseSilence(of connection: UpstreamConnection, for session: Session) {
        guard
            server.clientPause.holdsReads || session.mayBeEnteringTransaction || !session.connectionState.isClean
        else { return }
        server.clientPause.excuseSilence(connection.expectSilence)
    }

    /// A connection of its own for a session that has none.
    private func pinnedConnection(of session: Session, in identity: Identity) -> PinnedConnection {
        guard let upstream, session.outstanding == 0 else { return .later }
        do throws(UpstreamFailure) {
            let connection = try upstream.pin(
                identity,
                onLoss: { session.pinnedConnectionLost() },
                onQuiet: { session.wake() }
            )
            session.pin(connection)
            excuseSilence(of: connection, for: session)
            return .connection(connection)
        } catch {
            session.replyFailure(error)
            return .refused
        }
    }

    /// Has the connection bear the session's name.
    func rename(_ connection: UpstreamConnection, for session: Session) {
        guard connection.clientName != session.clientName, !connection.refusesNames else { return }
        let reply = NameReply(session, over: connection, formerName: connection.clientName)
        connection.clientName = session.clientName
        session.isRenaming = true
        connection.send(["CLIENT", "SETNAME"], [session.clientName], to: reply)
    }
}
