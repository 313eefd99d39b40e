import RESP

extension RedisUpstream {
    /// How far the server has come with what was sent over a connection.
    public enum Progress: Sendable {
        /// There is nothing that it hasn't executed, as far as it has arrived.
        case done
        /// It executes something, or holds it back: it is blocked, paused, or busy.
        case underWay
        /// It doesn't tell.
        case unknown
    }

    /// Asks the server for it over the shared connection, where no reply on the connection itself tells.
    public func askForProgress(of connection: UpstreamConnection, _ done: @escaping (Progress) -> Void) {
        guard let client = connection.clientInfo else { return done(.unknown) }
        shared(for: baseIdentity).send(["CLIENT", "LIST", "ID", client.id], to: ProgressReceiver(done))
    }
}

/// Takes the server's line about a client.
private final class ProgressReceiver: CollectingReceiver {
    private let done: (RedisUpstream.Progress) -> Void

    init(_ done: @escaping (RedisUpstream.Progress) -> Void) { self.done = done }

    override func receive(reply: UnsafeRawBufferPointer) {
        if let error = reply.errorLine {
            return done(error.isLastingError ? .unknown : .underWay)
        }
        let fields = String(decoding: reply, as: UTF8.self).split { $0 == " " || $0.isNewline }
        let isBlocked = fields.contains { $0.hasPrefix("flags=") && $0.dropFirst(6).contains("b") }
        let isBehind = fields.contains { $0.hasPrefix("qbuf=") && $0 != "qbuf=0" }
        done(isBlocked || isBehind ? .underWay : .done)
    }

    override func fail(_ failure: UpstreamFailure) { done(.underWay) }
}
