import RESP
import Upstream

/// Passes a reply on as it comes and tells the session's ``ConnectionState`` how it began.
final class StateReply: ReplyReceiver {
    private let session: Session
    private let command: ConnectionState.Command
    private var beginning: [UInt8] = []
    private var errors = ElementErrors()

    init(_ session: Session, _ command: ConnectionState.Command) {
        self.session = session
        self.command = command
    }

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        if beginning.count < 24 { beginning.append(contentsOf: bytes.prefix(24 - beginning.count)) }
        if session.connectionState.hasEffectsOfExec { errors.receive(bytes) }
        if replies > 0 {
            for effect in session.connectionState.replied(to: command, beginning) { effect(!errors.isFound) }
        }
        session.receive(bytes, replies: replies, goesOn: goesOn)
    }

    override func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) {
        session.fail(failure, commands: commands, afterPartOfReply: afterPartOfReply)
        // What was to be a transaction must not go on as single commands over another connection.
        if command == .multi { session.closeAfterReplies() }
    }
}
