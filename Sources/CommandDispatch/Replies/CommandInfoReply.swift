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
        let decoder = HiredisReplyDecoder()
        decoder.feed(reply)
        // What hiredis can't read, and what the server doesn't know, is forwarded like any ordinary command.
        if let value = try? decoder.next(), let info = CommandInfo(value) {
            session.dispatcher.learn(name, info.spec(name))
        }
        goOn()
    }

    override func fail(_ failure: UpstreamFailure) { goOn() }

    private func goOn() {
        session.obstacles.remove(.awaitingReply)
        session.wake()
    }
}
