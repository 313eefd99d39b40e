import NIOCore
import Upstream

/// Passes the reply to a command on that a pause should hold back: if it isn't an error, that is over.
final class PausedReply: ReplyReceiver {
    private let session: Session
    private let pause: UInt64
    private let isRead: Bool
    private var hasBegun = false

    init(_ session: Session, _ pause: UInt64, isRead: Bool) {
        self.session = session
        self.pause = pause
        self.isRead = isRead
    }

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        // Redis looks for errors first.
        if !hasBegun, bytes.first != UInt8(ascii: "-") {
            session.dispatcher.server.clientPause.answered(isRead: isRead, despite: pause)
        }
        hasBegun = true
        session.receive(bytes, replies: replies, goesOn: goesOn)
    }

    override func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) {
        session.fail(failure, commands: commands, afterPartOfReply: afterPartOfReply)
    }
}
