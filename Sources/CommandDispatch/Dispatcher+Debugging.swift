import NIOCore
import RESP
import Upstream

/// # The debugger of scripts
///
/// Once SCRIPT DEBUG is granted the session becomes a tunnel through which bytes pass as they are: the debugger answers
/// some of its commands with two replies, and in SYNC mode Redis listens to nobody else meanwhile, so that nothing can
/// be asked either.
extension Dispatcher {
    /// Sends a SCRIPT DEBUG; the session's next command waits for the answer.
    func startDebugger(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session
    ) -> Disposition {
        guard session.outstanding == 0 else { return .later }
        // Redis wants it to come alone, and not behind what keeps the connection, or tells its name.
        switch pinnedConnection(of: session) {
        case .later: return .later
        case .refused: return .taken
        case .connection(let connection): if !connection.isQuiet { return .later }
        }
        let disposition = sendPinned(command, spec, session, reply: DebuggerReply(session))
        if disposition == .taken, session.pinned != nil { session.obstacles.insert(.awaitingReply) }
        return disposition
    }

    /// SCRIPT DEBUG is granted.
    func debuggerStarted(_ session: Session) {
        guard let connection = session.pinned else { return }
        _ = makeTunnel(session, connection, framed: false)
    }

    /// Takes a command that nobody here knows, where replies can't be told apart.
    func dispatchUnframed(_ command: Command, _ session: Session) -> Disposition {
        server.requiredPassword == nil || command.isForDebugger
            ? dispatchInTunnel(command, unknownCommand, session) : refuseInTurn(command, session)
    }
}
