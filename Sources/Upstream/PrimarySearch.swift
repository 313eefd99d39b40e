import NIOCore

/// # When the name leads to another server
///
/// After a failover the old primary may live on, as a replica, while its name leads to the new one. Sentinel has it end
/// its connections; others don't (a DNS record or a Service that is changed, a balancer that looks for the primary).
/// Who stays connected gets READONLY for writes, and reads what arrives with a delay. Or only some of our connections
/// have moved on, so that the invalidation feed is told what another server changes.
///
/// So when a server says that it is a replica, or the feed and a connection are found at different servers, one more
/// connection is opened to the name, and asked where it has come to. If that is a primary, and we have been elsewhere,
/// every connection that is older ends, on all event loops, as if the server had ended it. If it is a replica then its
/// readers are meant to be there, and stay.
///
/// A server that refuses writes for good would have us look again and again, so each search makes the next one wait
/// longer; and several primaries behind one name would have us move again and again, so that a feed at another server
/// alone is reason enough only if we haven't moved for a while.
final class PrimarySearch: UpstreamConnectionOwner {
    /// Before whose connections those are that have to end if they aren't at the primary.
    let begun = NIODeadline.now()
    private let upstream: RedisUpstream
    private let isSplit: Bool
    private let done: (_ isElsewhere: Bool) -> Void
    private var connection: UpstreamConnection?

    /// - Parameters:
    ///   - isSplit: whether our connections are known to be at several servers.
    ///   - done: called once, with whether the name leads to a primary that some of our connections aren't at.
    init(_ upstream: RedisUpstream, isSplit: Bool, done: @escaping (_ isElsewhere: Bool) -> Void) {
        self.upstream = upstream
        self.isSplit = isSplit
        self.done = done
    }

    func start() { connection = upstream.open(upstream.baseIdentity, owner: self) }

    /// Whether a server says with an error reply that it is a replica.
    static func isSuggested(by error: UnsafeRawBufferPointer) -> Bool {
        error.starts(with: "-READONLY ".utf8) || error.starts(with: "-MASTERDOWN ".utf8)
    }

    private func end(_ isElsewhere: Bool) {
        guard let connection else { return }
        self.connection = nil
        upstream.forget(connection)
        connection.closeQuietly()
        done(isElsewhere)
    }

    private func found(_ server: ServerInfo?) {
        guard let server, server.isPrimary, let id = server.id else { return end(false) }
        guard !isSplit else { return end(true) }
        let receiver = TextReceiver { [weak self] in
            let current = $0.flatMap { ServerInfo($0).id }
            self?.end(current != nil && current != id)
        }
        upstream.shared(for: upstream.baseIdentity).send(ServerInfo.question, to: receiver)
    }

    // MARK: UpstreamConnectionOwner

    var serverName: String { upstream.serverName }
    var sharesConnections: Bool { false }

    func connectionReady(_ connection: UpstreamConnection) {
        connection.send(
            ServerInfo.fullQuestion,
            to: TextReceiver { [weak self] in self?.found($0.map(ServerInfo.init)) }
        )
    }

    func connectionClosed(_ connection: UpstreamConnection, _ failure: UpstreamFailure, wasReady: Bool) { end(false) }

    func congestionChanged(of connection: UpstreamConnection) {}
}
