import Logging
import NIOCore
import RESP

/// # Abandoned connections
///
/// A connection may come to its end while the server owes it replies: it was silent for too long, or the client went
/// away. What was sent over it may be executed yet, whenever it arrives. As a rule that does no harm, since whatever a
/// command changes is announced to the cache. But nobody hears of what some change (SWAPDB), so the cache stays shut
/// until it is known that they won't be executed any more. Therefore the server is told over the shared connection to
/// kill the abandoned one, again if need be until it has answered: what it hasn't executed by then it never will.
///
/// If its answer is that this is forbidden, or it hasn't said what it calls the connection, then there is no certainty
/// to be had: the cache opens at once, and the log says so.
extension RedisUpstream {
    /// The connection is at its end.
    func abandon(_ connection: UpstreamConnection) {
        guard connection.carriesUnseenChanges else { return }
        guard let client = connection.clientInfo else { return warn("it doesn't tell a connection's id (CLIENT INFO)") }
        kill(kills.add(client))
    }

    /// Calls `body` when nothing can be executed any more that was sent over connections abandoned by now.
    public func whenAbandonedAreDead(_ body: @escaping () -> Void) {
        if !kills.wait(body) { body() }
    }

    /// The server can be reached again.
    func killUnsent() {
        for number in kills.takeUnsent() { kill(number) }
    }

    private func kill(_ number: PendingKills.Number) {
        guard let client = kills.client(number) else { return }
        let receiver = KillReceiver { [self] error in
            if let error { warn(error) }
            for body in kills.confirm(number) { body() }
        } onFailure: { [self] in
            if status == .up { kill(number) } else { kills.putOff(number) }
        }
        shared(for: baseIdentity).send(["CLIENT", "KILL", "ID", client.id, "ADDR", client.address], to: receiver)
    }

    private func warn(_ reason: String) {
        context.logger.warning(
            "Redis at \(serverName) may yet execute a given-up SWAPDB or ACL command unnoticed by the cache: \(reason)"
        )
    }
}

/// Waits for what becomes of a CLIENT KILL.
private final class KillReceiver: CollectingReceiver {
    private let onReply: (_ error: String?) -> Void
    private let onFailure: () -> Void

    init(onReply: @escaping (_ error: String?) -> Void, onFailure: @escaping () -> Void) {
        self.onReply = onReply
        self.onFailure = onFailure
    }

    override func receive(reply: UnsafeRawBufferPointer) { onReply(reply.errorLine) }

    override func fail(_ failure: UpstreamFailure) { onFailure() }
}
