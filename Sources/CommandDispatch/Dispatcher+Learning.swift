import NIOCore
import RESP
import Upstream

extension Dispatcher {
    /// A command that the table doesn't have (a module's, one of a newer Redis, a renamed one, a mistake): the server
    /// is asked once what it is, and then the command goes the way that fits.
    func learn(
        _ command: Command,
        _ name: CommandName?,
        _ session: Session,
        _ upstream: RedisUpstream
    ) -> Disposition {
        // Inside a transaction it is only queued, and no command has a name this long.
        guard let name, !session.connectionState.inTransaction, session.askedAbout != name else {
            return forwardOrPin(command, unknownCommand, session)
        }
        // hiredis reads RESP2.
        var identity = session.identity
        identity.version = .resp2
        session.askedAbout = name
        session.obstacles.insert(.awaitingReply)
        let answer = CommandInfoReply(session, name)
        upstream.shared(for: identity).send(["COMMAND", "INFO"], [Array(command[0])], to: answer)
        // While the server is down the answer is no, at once.
        return session.obstacles.contains(.awaitingReply)
            ? .later : forwardOrPin(command, unknownCommand, session)
    }
}
