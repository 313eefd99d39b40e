import NIOCore
import RESP
import Upstream

/// Takes the server's answer to CLIENT PAUSE and CLIENT UNPAUSE, and lets every loop know.
final class PauseReply: CollectingReceiver {
    private let session: Session
    private let isUnpause: Bool
    private let milliseconds: Int

    init(_ session: Session, _ command: Command) {
        self.session = session
        isUnpause = command.argument(1, is: "unpause")
        milliseconds = command.count > 2 ? Decimal.parse(command[2]) ?? 0 : 0
    }

    override func receive(reply: UnsafeRawBufferPointer) {
        if reply.starts(with: "+OK".utf8) {
            let server = session.dispatcher.server
            let (nanoseconds, overflow) = Int64(milliseconds).multipliedReportingOverflow(by: 1_000_000)
            if isUnpause {
                server.unpause()
            } else {
                server.pause(for: .nanoseconds(overflow ? .max : nanoseconds))
            }
        }
        session.receive(reply, replies: 1)
    }

    override func fail(_ failure: UpstreamFailure) {
        session.fail(failure, commands: 1, afterPartOfReply: false)
    }
}
