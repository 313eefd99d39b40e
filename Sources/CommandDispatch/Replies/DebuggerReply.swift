import RESP
import Upstream

/// Takes the server's answer to a SCRIPT DEBUG.
final class DebuggerReply: CollectingReceiver {
    private let session: Session

    init(_ session: Session) { self.session = session }

    override func receive(reply: UnsafeRawBufferPointer) {
        if reply.errorLine == nil { session.connectionState.keep() }
        session.obstacles.remove(.awaitingReply)
        session.receive(reply, replies: 1, goesOn: false)
        // Within a transaction it is only queued.
        if reply.starts(with: "+OK".utf8) { session.dispatcher.debuggerStarted(session) }
        session.wake()
    }

    override func fail(_ failure: UpstreamFailure) {
        session.obstacles.remove(.awaitingReply)
        session.fail(failure, commands: 1, afterPartOfReply: false)
    }
}
