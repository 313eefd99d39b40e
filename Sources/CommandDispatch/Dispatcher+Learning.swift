import NIOCore
import RESP
import Upstream

extension Dispatcher {
    /// A command that the table doesn't have (a module's, one of a newer Redis, a renamed one, a mistake): the server
    /// is asked once what it is, and then the command goes the way that fits. Whether the answer has to be waited for.
    func learn(_ command: Command, _ name: CommandName?, _ session: Session, _ upstream: RedisUpstream) -> Bool {
        // No command has a longer name than there is room for.
        guard let name, session.askedAbout != name else { return false }
        // hiredis reads RESP2.
        var identity = session.identity
        identity.version = .resp2
        session.askedAbout = name
        session.obstacles.insert(.awaitingReply)
        let answer = CommandInfoReply(session, name)
        upstream.shared(for: identity).send(["COMMAND", "INFO"], [Array(command[0])], to: answer)
        // While the server is down there is none, at once.
        return session.obstacles.contains(.awaitingReply)
    }
}
