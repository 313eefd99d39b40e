import RESP
import Stats
import Upstream

extension Dispatcher {
    /// Makes a tunnel of the session's own connection and sends the command into it.
    func openTunnel(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        framed: Bool = true
    ) -> Disposition {
        // Replies of the session that are looked at on their way can't be told apart inside a stream.
        guard session.outstanding == 0 else { return .later }
        switch pinnedConnection(of: session) {
        case .later: return .later
        case .refused: return .taken
        case .connection(let connection):
            let tunnel = Tunnel(session: session, framed: framed)
            session.becomeTunnel(tunnel)
            connection.stream(to: tunnel, framed: framed)
            tunnel.noteSent(command, spec)
            connection.sendInStream(command.frame)
            return .taken
        }
    }

    /// Passes a command into the session's tunnel. Everything is the server's to answer; RESET alone ends the tunnel,
    /// because what the connection is after it (no longer authenticated by us, on database 0) isn't what a new
    /// session of ours is.
    func dispatchInTunnel(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>?,
        _ session: Session
    ) -> Disposition {
        guard let connection = session.pinned, let tunnel = session.tunnel else { return .later }
        if connection.isCongested {
            connection.notifyWhenDrained(session)
            return .later
        }
        if command.count == 1, CommandName(command[0]) == Self.resetName {
            tunnel.awaitsReset = true
            session.obstacles.insert(.awaitingReply)
        }
        tunnel.noteSent(command, spec)
        connection.sendInStream(command.frame)
        return .taken
    }

    private static let resetName = CommandName("reset")

    /// The server has confirmed a RESET in a tunnel: the session is an ordinary one again, and as new.
    func tunnelWasReset(_ session: Session) {
        session.obstacles.remove(.awaitingReply)
        session.unpin(reusable: false)
        makeNew(session)
        session.wake()
    }
}
