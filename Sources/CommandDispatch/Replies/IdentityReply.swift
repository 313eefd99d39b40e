import RESP
import Upstream

/// Takes the server's answer to a SELECT, an AUTH or a HELLO.
final class IdentityReply: CollectingReceiver {
    private let session: Session
    private let change: IdentityChange
    private let connection: UpstreamConnection

    init(_ session: Session, _ change: IdentityChange, over connection: UpstreamConnection) {
        self.session = session
        self.change = change
        self.connection = connection
    }

    override func receive(reply: UnsafeRawBufferPointer) {
        let isError = reply.first == UInt8(ascii: "-")
        // Inside a transaction the change comes with EXEC, if then: the connection stays with the session.
        let isQueued = reply.starts(with: "+QUEUED".utf8)
        let isAccepted = !isError && !isQueued
        if isQueued || (isError && change.mayHaveTakenEffect(despite: reply)) {
            change.authenticates ? session.connectionState.keepForAnotherUser() : session.connectionState.keep()
        }
        if isQueued { session.changeAtExec(change) }
        session.obstacles.remove(.awaitingReply)
        if isAccepted { session.dispatcher.finish(change, session, connection) }
        if isAccepted, !session.connectionState.isIDKnown,
            let changed = HelloReply.withoutConnectionID(reply, session: session.id)
        {
            changed.withUnsafeBytes { session.receive($0, replies: 1, goesOn: false) }
        } else {
            session.receive(reply, replies: 1, goesOn: false)
        }
        if !isAccepted { session.dispatcher.refused(session, connection) }
    }

    override func fail(_ failure: UpstreamFailure) {
        session.obstacles.remove(.awaitingReply)
        session.fail(failure, commands: 1, afterPartOfReply: false)
    }
}
