import NIOCore
import RESP

/// # Abandoned connections
///
/// A connection may be closed here while the server owes it replies: it was silent for too long, or the client went away. What
/// was sent over it may be executed yet, whenever it arrives. As a rule that does no harm, since whatever a command changes
/// is announced to the cache. But nobody hears of what some change (SWAPDB), so the cache stays shut until they are done,
/// and it must be certain that they are. So the server is told over another connection to kill the abandoned one. When it has
/// answered, what it hasn't executed by then it never will.
///
/// If the server doesn't answer, or its answer is that this is forbidden, there is no certainty to be had, and it is
/// believed that nothing more will come.
extension RedisUpstream {
    /// The connection is about to be closed here.
    func abandon(_ connection: UpstreamConnection) {
        guard connection.carriesUnseenChanges, let client = connection.clientInfo else { return }
        connection.carriesUnseenChanges = false
        var frame = ByteBuffer()
        frame.writeCommand(["CLIENT", "KILL", "ID", client.id, "ADDR", client.address].map { Array($0.utf8) })
        kills += 1
        let end = KillReceiver { [self] in
            kills -= 1
            guard kills == 0 else { return }
            let waiting = afterKills
            afterKills = []
            for body in waiting { body() }
        }
        frame.withUnsafeReadableBytes { shared(for: baseIdentity).send($0, to: end) }
    }

    /// Calls `body` when nothing can be executed any more that was sent over connections abandoned by now.
    public func whenAbandonedAreDead(_ body: @escaping () -> Void) {
        if kills == 0 { body() } else { afterKills.append(body) }
    }
}

/// Waits for the end of a CLIENT KILL, whatever it is.
private final class KillReceiver: ReplyReceiver {
    private let onEnd: () -> Void

    init(onEnd: @escaping () -> Void) { self.onEnd = onEnd }

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        if replies > 0 { onEnd() }
    }

    override func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) { onEnd() }
}
