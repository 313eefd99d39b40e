import RESP
import Upstream

/// Takes the server's answer to the CLIENT SETNAME that a session's own connection was sent, and sees to it that the
/// connection bears the name that the session has by then.
final class NameReply: CollectingReceiver {
    private let session: Session
    private let connection: UpstreamConnection

    init(_ session: Session, _ connection: UpstreamConnection) {
        self.session = session
        self.connection = connection
    }

    override func receive(reply: UnsafeRawBufferPointer) {
        guard session.pinned === connection || session.reserved === connection else { return }
        session.dispatcher.renameSoon(connection, for: session)
    }
}
