import RESP
import Upstream

/// What the server sends through a session that is a tunnel.
final class Tunnel: ReplyReceiver {
    /// A RESET has been sent: the tunnel ends with its confirmation.
    var awaitsReset = false

    private let session: Session
    private var beginning: [UInt8] = []

    private static let confirmation = Array("+RESET\r\n".utf8)

    init(session: Session) { self.session = session }

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int) {
        session.pass(bytes)
        guard awaitsReset else { return }
        if beginning.count <= Self.confirmation.count {
            beginning.append(contentsOf: bytes.prefix(Self.confirmation.count + 1))
        }
        guard replies > 0 else { return }
        let isConfirmed = beginning == Self.confirmation
        beginning = []
        if isConfirmed { session.dispatcher.tunnelWasReset(session) }
    }

    override func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) {
        session.closeAfterReplies()
    }
}
