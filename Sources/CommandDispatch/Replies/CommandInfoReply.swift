import RESP
import Upstream

/// Takes what the server says of a command that a session is waiting to give.
final class CommandInfoReply: CollectingReceiver {
    private let session: Session
    private let name: CommandName

    init(_ session: Session, _ name: CommandName) {
        self.session = session
        self.name = name
    }

    override func receive(reply: UnsafeRawBufferPointer) {
        goOn(outcome(of: reply))
    }

    private func outcome(of reply: UnsafeRawBufferPointer) -> Lesson.Outcome {
        if let error = reply.errorLine {
            return error.isLastingError ? .untold : .failed(error)
        }
        let decoder = HiredisReplyDecoder()
        decoder.feed(reply)
        guard let value = try? decoder.next(), let entry = value.elements?.first else { return .untold }
        guard let info = CommandInfo(value) else { return entry.elements == nil ? .unknown : .untold }
        session.dispatcher.learn(name, info.spec(name))
        return .unknown
    }

    override func fail(_ failure: UpstreamFailure) { goOn(.failed(failure.message)) }

    private func goOn(_ outcome: Lesson.Outcome) {
        session.lesson = Lesson(name: name, outcome: outcome)
        session.obstacles.remove(.awaitingReply)
        session.wake()
    }
}
