import NIOCore
import RESP
import Upstream

/// # Commands that nobody here knows
///
/// A module's, one of a newer Redis, a renamed one, a mistake: the server is asked what it is, and then the command
/// goes the way that fits. What the server doesn't know either, or doesn't tell of, may be anything all the same: it
/// may be another server by the time that the command arrives. So it goes over the session's own connection, which is
/// its own from then on unless the command is refused. But what isn't told of goes nowhere if there is a password of
/// ours, which it might get round (``DefaultUser``).
extension Dispatcher {
    /// Takes a command that is neither in the table nor learned yet.
    func dispatchUnknown(
        _ command: Command,
        _ name: CommandName?,
        _ session: Session,
        _ upstream: RedisUpstream
    ) -> Disposition {
        guard let name, Self.canBeAskedAbout(command[0]) else { return sendUntold(command, session) }
        guard let lesson = session.lesson, lesson.name == name else {
            ask(about: command, name, session, upstream)
            // While the server is down the answer is there at once.
            if session.obstacles.contains(.awaitingReply) { return .later }
            return dispatchUnknown(command, name, session, upstream)
        }
        let disposition = dispatchUnknown(command, lesson.outcome, session)
        // The next time the server is asked again: it may be another one, or the user.
        if disposition == .taken { session.lesson = nil }
        return disposition
    }

    private func dispatchUnknown(_ command: Command, _ outcome: Lesson.Outcome, _ session: Session) -> Disposition {
        switch outcome {
        case .unknown: return sendUnlearned(command, session)
        case .failed(let error) where !session.isTunnel: return refuse(command, session, error)
        case .untold, .failed: return sendUntold(command, session)
        }
    }

    /// Whether COMMAND INFO is about the same command as the name is where a command's is. There a bar is a bar, and a
    /// zero byte hides it from Redis's table, in most cases.
    private static func canBeAskedAbout(_ name: UnsafeRawBufferPointer) -> Bool {
        !name.contains(0) && !name.contains(UInt8(ascii: "|"))
    }

    private func ask(about command: Command, _ name: CommandName, _ session: Session, _ upstream: RedisUpstream) {
        // hiredis reads RESP2.
        var identity = session.identity
        identity.version = .resp2
        session.obstacles.insert(.awaitingReply)
        let answer = CommandInfoReply(session, name)
        upstream.shared(for: identity).send(["COMMAND", "INFO"], [Array(command[0])], to: answer)
    }

    private func sendUnlearned(_ command: Command, _ session: Session) -> Disposition {
        session.isTunnel
            ? dispatchInTunnel(command, unknownCommand, session)
            : sendPinned(command, unknownCommand, session, reply: StateReply(session, .keep))
    }

    private func sendUntold(_ command: Command, _ session: Session) -> Disposition {
        guard server.requiredPassword != nil else { return sendUnlearned(command, session) }
        let error =
            "ERR ocm doesn't know '\(command.string(0).prefix(128))', and Redis doesn't tell what it is: with "
            + "--requirepass such a command isn't sent"
        return refuse(command, session, error)
    }

    private func refuse(_ command: Command, _ session: Session, _ error: String) -> Disposition {
        if session.isTunnel { return refuseInTurn(command, session) }
        if session.mayBeEnteringTransaction { return .later }
        if session.connectionState.inTransaction { return refuseInTurn(command, session) }
        session.replyError(error)
        return .taken
    }

    /// Where nobody but the server can answer in turn, or where it has to know that something is refused, it gets a
    /// command that it will refuse.
    func refuseInTurn(_ command: Command, _ session: Session) -> Disposition {
        let refused = ByteBuffer(command: ["ocm-sends-nothing-that-redis-does-not-tell-of"], [Array(command[0])])
        return refused.withUnsafeReadableBytes { bytes in
            var parser = RequestParser()
            guard case .command? = try? parser.parse(bytes, authenticated: true) else { return .taken }
            return sendUnlearned(parser.command(in: bytes), session)
        }
    }
}
