import RESP
import Upstream

/// Takes the reply to a command that a session gave over a connection that isn't what the session is: it goes back
/// with the reply, and only then does the session give its next command.
final class BorrowedConnectionReply: CollectingReceiver {
    private let session: Session

    init(_ session: Session) { self.session = session }

    override func receive(reply: UnsafeRawBufferPointer) {
        session.receive(reply, replies: 1, goesOn: false)
        goOn()
    }

    override func fail(_ failure: UpstreamFailure) {
        session.fail(failure, commands: 1, afterPartOfReply: false)
        goOn()
    }

    /// The connection went back with the reply.
    private func goOn() {
        session.obstacles.remove(.awaitingReply)
        session.wake()
    }
}
