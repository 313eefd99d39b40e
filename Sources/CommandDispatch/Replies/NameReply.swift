import RESP
import Upstream

/// Takes the server's answer to the CLIENT SETNAME that a session's own connection was sent.
final class NameReply: CollectingReceiver {
    private weak var session: Session?
    private unowned let connection: UpstreamConnection
    private let formerName: [UInt8]

    init(_ session: Session, over connection: UpstreamConnection, formerName: [UInt8]) {
        self.session = session
        self.connection = connection
        self.formerName = formerName
    }

    override func receive(reply: UnsafeRawBufferPointer) {
        if reply.first == UInt8(ascii: "-") {
            connection.clientName = formerName
            connection.refusesNames = true
        }
        goOn()
    }

    override func fail(_ failure: UpstreamFailure) { goOn() }

    /// A client may change its name faster than the server takes that in: the next change waits for this.
    private func goOn() {
        session?.isRenaming = false
        session?.wake()
    }
}
