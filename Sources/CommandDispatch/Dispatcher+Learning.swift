import NIOCore
import RESP
import Upstream

/// # Commands that nobody here knows
///
/// A module's, one of a newer Redis, a renamed one, a mistake: the server is asked once what it is, and then the
/// command goes the way that fits. What the server doesn't tell of may be anything, under another name: it goes over
/// the session's own connection, which is its own from then on. But not if there is a password of ours, which it might
/// get round (``DefaultUser``).
extension Dispatcher {
    /// Takes a command that is neither in the table nor learned yet.
    func dispatchUnknown(
        _ command: Command,
        _ name: CommandName?,
        _ session: Session,
        _ upstream: RedisUpstream
    ) -> Disposition {
        // One with a longer name than there is room for is asked about in vain.
        guard let name else { return sendUntold(command, session) }
        guard let lesson = session.lesson, lesson.name == name else {
            ask(about: command, name, session, upstream)
            // While the server is down the answer is there at once.
            if session.obstacles.contains(.awaitingReply) { return .later }
            return dispatchUnknown(command, name, session, upstream)
        }
        switch lesson.outcome {
        case .unknown:
            return session.isTunnel
                ? dispatchInTunnel(command, unknownCommand, session) : forwardOrPin(command, unknownCommand, session)
        case .failed(let error) where !session.isTunnel:
            // The next time it may know.
            session.lesson = nil
            session.replyError(error)
            return .taken
        case .untold, .failed: return sendUntold(command, session)
        }
    }

    private func ask(about command: Command, _ name: CommandName, _ session: Session, _ upstream: RedisUpstream) {
        // hiredis reads RESP2.
        var identity = session.identity
        identity.version = .resp2
        session.obstacles.insert(.awaitingReply)
        let answer = CommandInfoReply(session, name)
        upstream.shared(for: identity).send(["COMMAND", "INFO"], [Array(command[0])], to: answer)
    }

    private func sendUntold(_ command: Command, _ session: Session) -> Disposition {
        guard server.requiredPassword == nil else {
            if session.isTunnel { return refuseInTunnel(command, session) }
            session.replyError(
                "ERR ocm doesn't know '\(command.string(0).prefix(128))', and Redis doesn't tell what it is: with "
                    + "--requirepass such a command isn't sent"
            )
            return .taken
        }
        return session.isTunnel
            ? dispatchInTunnel(command, unknownCommand, session)
            : sendPinned(command, unknownCommand, session, reply: StateReply(session, .keep))
    }

    /// In a tunnel nobody but the server can answer in turn: it gets a command that it will refuse.
    func refuseInTunnel(_ command: Command, _ session: Session) -> Disposition {
        let refused = ByteBuffer(command: ["ocm-sends-nothing-that-redis-does-not-tell-of"], [Array(command[0])])
        return dispatchInTunnel(command, unknownCommand, session, as: refused)
    }
}
