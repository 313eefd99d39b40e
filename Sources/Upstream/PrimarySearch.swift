import NIOCore

/// # When the name leads to another server
///
/// After a failover the old primary may live on, as a replica, while its name leads to the new one. Sentinel has it end
/// its connections; others don't (a DNS record or a Service that is changed, a balancer that looks for the primary).
/// Who stays connected gets READONLY for writes, and reads what arrives with a delay. Or only some of our connections
/// have moved on, so that the invalidation feed is told what another server changes; as when the old primary hangs,
/// which the feed alone doesn't wait for.
///
/// So when a server says that it is a replica, or the feed and a connection are found at different servers, one more
/// connection is opened to the name, and asked where it has come to. If that is a primary, and we have been elsewhere,
/// every connection that is older ends, on all event loops, as if the server had ended it. If it is a replica then its
/// readers are meant to be there, and stay.
///
/// Any client can have a script say what a replica says, and a replica may be the primary by the time that we look. So
/// a shared connection's server is asked who it is. A client's own connection can't be asked, being in a transaction
/// perhaps: if the base identity's is at the primary already, and the client's at another address, that one ends alone.
///
/// A server that refuses writes for good would have us look again and again, and a name that leads to several servers
/// in turn move again and again: each search makes the next one wait longer, and each move a good deal longer.
final class PrimarySearch: UpstreamConnectionOwner {
    /// Why to look.
    enum Reason {
        /// The connection's server says that it is a replica. It belongs to the shared one, or else to a client alone.
        case replica(UpstreamConnection, SharedConnection?)
        /// Our connections are at several servers.
        case split
    }

    /// What is to be done.
    enum Outcome {
        /// Nothing.
        case stay
        /// Everything that was there before the search has to end.
        case move
        /// This one has to end.
        case end(UpstreamConnection)
    }

    /// When it began: what is opened from then on comes to where the name leads now.
    let begun = NIODeadline.now()
    private let upstream: RedisUpstream
    private let reason: Reason
    /// Whose the connection was that complained, if it was a client's own.
    private let pin: Pin?
    private let done: (Outcome) -> Void
    private var connection: UpstreamConnection?

    /// A search; `done` is called once, with what has come of it.
    init(_ upstream: RedisUpstream, _ reason: Reason, done: @escaping (Outcome) -> Void) {
        self.upstream = upstream
        self.reason = reason
        pin = if case .replica(let complainant, nil) = reason { upstream.pin(of: complainant) } else { nil }
        self.done = done
    }

    func start() { connection = upstream.open(upstream.baseIdentity, owner: self) }

    /// Ends it if it has taken too long.
    func giveUp(at now: NIODeadline) {
        if now - begun > upstream.configuration.connectTimeout { end(.stay) }
    }

    /// Whether a server says with an error reply that it is a replica.
    static func isSuggested(by error: UnsafeRawBufferPointer) -> Bool {
        error.starts(with: "-READONLY ".utf8) || error.starts(with: "-MASTERDOWN ".utf8)
    }

    private func end(_ outcome: Outcome) {
        guard let connection else { return }
        self.connection = nil
        upstream.forget(connection)
        connection.closeQuietly()
        done(outcome)
    }

    private func found(_ server: ServerInfo?) {
        guard let server, server.isPrimary, let id = server.id else { return end(.stay) }
        guard case .replica(let complainant, let shared) = reason else { return end(.move) }
        let asked = shared ?? upstream.shared(for: upstream.baseIdentity)
        let receiver = TextReceiver { [weak self] in
            let current = $0.flatMap { ServerInfo($0).id }
            if let current, current != id { self?.end(.move) }
            self?.end(
                shared == nil && current == id && self?.isElsewhere(complainant) == true ? .end(complainant) : .stay
            )
        }
        asked.send(ServerInfo.question, to: receiver)
    }

    /// Whether the connection is still whose it was, and its server has another address than the one that was found.
    private func isElsewhere(_ complainant: UpstreamConnection) -> Bool {
        guard let pin, upstream.pin(of: complainant) === pin, let there = complainant.clientInfo?.serverAddress,
            let here = connection?.clientInfo?.serverAddress
        else {
            return false
        }
        return there != here
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

    func connectionClosed(_ connection: UpstreamConnection, _ failure: UpstreamFailure, wasReady: Bool) { end(.stay) }

    func congestionChanged(of connection: UpstreamConnection) {}
}
