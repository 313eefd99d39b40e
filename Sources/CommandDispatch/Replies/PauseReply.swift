import NIOCore
import RESP
import Upstream

/// Takes the server's answer to CLIENT PAUSE and CLIENT UNPAUSE, and lets every loop know.
final class PauseReply: CollectingReceiver {
    private let session: Session
    private let isUnpause: Bool
    private let milliseconds: Int
    private let holdsReads: Bool

    init(_ session: Session, _ command: Command) {
        self.session = session
        isUnpause = command.subcommand(is: "unpause")
        milliseconds = command.count > 2 ? Decimal.parse(command[2]) ?? 0 : 0
        holdsReads = !(command.count > 3 && command.argument(3, is: "write"))
    }

    override func receive(reply: UnsafeRawBufferPointer) {
        if reply.starts(with: "+OK".utf8) {
            takeEffect()
        } else if reply.starts(with: "+QUEUED".utf8) {
            session.connectionState.atExec { [self] _ in takeEffect() }
        }
        session.receive(reply, replies: 1, goesOn: false)
    }

    private func takeEffect() {
        let pause = session.dispatcher.server.clientPause
        if isUnpause { return pause.cancel() }
        let (nanoseconds, overflow) = Int64(milliseconds).multipliedReportingOverflow(by: 1_000_000)
        pause.begin(for: .nanoseconds(overflow ? .max : nanoseconds), holdsReads: holdsReads)
    }

    override func fail(_ failure: UpstreamFailure) {
        session.fail(failure, commands: 1, afterPartOfReply: false)
    }
}
