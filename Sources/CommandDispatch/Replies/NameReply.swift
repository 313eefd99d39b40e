import RESP
import Upstream

/// Takes the server's answer to the CLIENT SETNAME that a session's own connection was sent.
final class NameReply: CollectingReceiver {
    private weak var session: Session?

    init(_ session: Session) { self.session = session }

    override func receive(reply: UnsafeRawBufferPointer) { goOn() }

    override func fail(_ failure: UpstreamFailure) { goOn() }

    /// A client may change its name faster than the server takes that in: the next change waits for this.
    private func goOn() {
        session?.isRenaming = false
        session?.wake()
    }
}
