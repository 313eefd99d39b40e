import LocalCache
import RESP
import Stats
import Upstream

/// What the server sends through a session that is a tunnel.
final class Tunnel: ReplyReceiver {
    /// A RESET has been sent: the tunnel ends with its confirmation.
    var awaitsReset = false

    private let session: Session
    private var beginning: [UInt8] = []
    private var unansweredCommands = 0
    private var mayHaveWritten = false
    private var flushes = 0
    private var isInsideReply = false

    private static let confirmation = Array("+RESET\r\n".utf8)

    init(session: Session) { self.session = session }

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        noteReceived(bytes, replies)
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

    // MARK: What is cached

    /// A command goes into the tunnel.
    func noteSent(_ spec: UnsafePointer<CommandSpec>?) {
        unansweredCommands += 1
        if spec?.pointee.flushes != nil {
            flushes += 1
            session.dispatcher.cache?.suspend(1)
        }
        if spec.map({ !$0.pointee.isReadOnly && $0.pointee.route != .tunnel }) ?? true { mayHaveWritten = true }
    }

    /// What is written through a tunnel can't be told command by command; so while a reply may be to a write, everything
    /// that is cached is in doubt when it comes. Pushes are replies to nothing.
    private func noteReceived(_ bytes: UnsafeRawBufferPointer, _ replies: Int) {
        guard mayHaveWritten else { return }
        let isPush = !isInsideReply && bytes.first == UInt8(ascii: ">")
        isInsideReply = replies == 0
        if isPush, replies > 0 { return }
        session.dispatcher.cache?.cache.doubtEverything()
        unansweredCommands -= replies
        guard unansweredCommands <= 0 else { return }
        (unansweredCommands, mayHaveWritten) = (0, false)
        resume()
    }

    private func resume() {
        guard flushes > 0 else { return }
        session.dispatcher.cache?.resume(flushes, .flushCommand)
        flushes = 0
    }

    deinit { resume() }
}
