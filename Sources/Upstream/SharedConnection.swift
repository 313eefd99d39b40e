import NIOCore
import RESP

/// The connection over which all ordinary commands of one identity on one event loop go.
///
/// It outlives the sockets under it. When one breaks, commands that never left and commands that only read are sent
/// once more over the next; a command that may have changed something gets an error that says so. Everybody's replies
/// stay in order all the same: an error waits for its turn behind the replies of commands that were sent again.
public final class SharedConnection: UpstreamConnectionOwner {
    /// Who it is to the server.
    public let identity: Identity
    /// How many sessions would send over it.
    public var sessions = 0 {
        didSet {
            if sessions == 0 { unusedSince = .now() }
            if (sessions == 0) != (oldValue == 0) { upstream.usageChanged(of: self, isUsed: sessions > 0) }
        }
    }
    private(set) var unusedSince = NIODeadline.now()
    /// Which part of the cache its identity may see; 0 for none. The observer's.
    public var cacheNamespace: UInt16 = 0
    /// The number under which the server tracks what is read over it; 0 while it doesn't. The observer's.
    public var trackingSource: UInt32 = 0
    /// Why it doesn't; nil if it hasn't said no. The observer's.
    public var trackingRefusal: TrackingRefusal?
    /// What the server calls itself (``ServerInfo/id``), once the observer has learned it.
    public var serverID: String?
    /// Whether the server tracks what it is told to.
    public var isTracked: Bool { trackingSource != 0 && trackingRefusal == nil }

    private let upstream: RedisUpstream
    private var connection: UpstreamConnection?
    /// Opened while the server is down: it carries nothing until the server has answered, so that nobody waits for
    /// that.
    private var attempt: UpstreamConnection?

    init(identity: Identity, upstream: RedisUpstream) {
        self.identity = identity
        self.upstream = upstream
    }

    /// Sends a command, or fails it at once while the server is down.
    @inline(__always)
    public func send(_ frame: UnsafeRawBufferPointer, to receiver: ReplyReceiver) {
        guard let connection = connection.map(Unmanaged.passUnretained) else {
            return sendOverNewConnection(frame, receiver)
        }
        // No reference is counted: even if this ends the connection, its channel lets go of it in a later turn only.
        connection._withUnsafeGuaranteedRef { $0.send(frame, to: receiver) }
    }

    /// See ``UpstreamConnection/expectSilence(until:)``.
    public func expectSilence(until end: NIODeadline) { connection?.expectSilence(until: end) }

    /// See ``UpstreamConnection/expectUnseenChanges()``.
    public func expectUnseenChanges() {
        if connection != nil || upstream.failureWhileDown == nil { connect().expectUnseenChanges() }
    }

    /// Whether whoever has more to send should wait.
    public private(set) var isCongested = false

    /// Calls `receiver` once when the connection is no longer congested.
    public func notifyWhenDrained(_ receiver: ReplyReceiver) { connection?.notifyWhenDrained(receiver) }

    private func sendOverNewConnection(_ frame: UnsafeRawBufferPointer, _ receiver: ReplyReceiver) {
        if let failure = upstream.failureWhileDown {
            return receiver.fail(failure, commands: 1, afterPartOfReply: false)
        }
        connect().send(frame, to: receiver)
    }

    /// Opens a connection unless there is one.
    @discardableResult
    func connect() -> UpstreamConnection {
        if let connection { return connection }
        let opened = upstream.open(identity, owner: self)
        connection = opened
        isCongested = false
        return opened
    }

    /// Looks whether the server that is down is there again.
    func tryAgain() {
        if connection == nil, attempt == nil { attempt = upstream.open(identity, owner: self) }
    }

    /// Closes the connection that nobody uses.
    func closeQuietly() {
        guard let connection else { return }
        self.connection = nil
        serverID = nil
        isCongested = false
        upstream.forget(connection)
        upstream.observer?.sharedConnectionClosed(self)
        connection.closeQuietly()
    }

    /// The connection and the invalidation feed have been found at different servers: see ``PrimarySearch``.
    public func lookForPrimary() { upstream.lookForPrimary(because: .split) }

    /// Whether the server has taken the connection.
    public var isReady: Bool { connection?.isReady ?? false }

    /// See ``UpstreamConnection/silence(at:)``.
    func silence(at now: NIODeadline) -> TimeAmount? { connection?.silence(at: now) }

    /// See ``UpstreamConnection/isAnswering(at:)``.
    func isAnswering(at now: NIODeadline) -> Bool { connection?.isAnswering(at: now) ?? false }

    /// Whether every command has its reply.
    var isQuiet: Bool { connection?.isQuiet ?? true }

    // MARK: UpstreamConnectionOwner

    var serverName: String { upstream.serverName }
    var sharesConnections: Bool { true }

    func congestionChanged(of connection: UpstreamConnection) {
        if connection === self.connection { isCongested = connection.isCongested }
    }

    func connectionIsAtReplica(_ connection: UpstreamConnection) {
        upstream.lookForPrimary(because: .replica(connection, self))
    }

    func connectionReady(_ connection: UpstreamConnection) {
        if connection === attempt {
            attempt = nil
            self.connection = connection
        }
        upstream.isReachable(by: identity, lacksPassword: connection.lacksPassword)
        upstream.observer?.sharedConnectionReady(self)
    }

    func connectionClosed(_ connection: UpstreamConnection, _ failure: UpstreamFailure, wasReady: Bool) {
        upstream.forget(connection)
        upstream.observer?.sharedConnectionClosed(self)
        if self.connection === connection {
            self.connection = nil
            serverID = nil
            isCongested = false
        }
        if attempt === connection { attempt = nil }
        if wasReady {
            let wasUseful = connection.hasServed || .now() - connection.opened > Self.briefLife
            upstream.wasLost(by: identity, failure, wasUseful: wasUseful)
            upstream.abandon(connection)
            sendAgain(from: connection, failure)
        } else {
            let failure = failure.whileConnecting
            upstream.isUnreachable(by: identity, failure)
            connection.failUnanswered(failure, unsent: failure)
        }
    }

    private static let briefLife = TimeAmount.seconds(1)

    private func sendAgain(from broken: UpstreamConnection, _ failure: UpstreamFailure) {
        if let failureOfUnsent = upstream.failureWhileDown {
            return broken.failUnanswered(failure, unsent: failureOfUnsent)
        }
        // The others are opened when there is something to send: else one that is ended as soon as it is there would be
        // opened again and again for nobody.
        if identity == upstream.baseIdentity { connect() }
        broken.forEachUnanswered { unanswered in
            if unanswered.isTorn { return unanswered.receiver.fail(failure, commands: 1, afterPartOfReply: true) }
            guard let command = unanswered.command,
                !unanswered.mayHaveBeenSent || (upstream.isReadOnly(command) && !unanswered.wasRetried)
            else { return failInTurn(unanswered.failure ?? failure, for: unanswered.receiver) }
            let next = connect()
            if broken.carriesUnseenChanges { next.expectUnseenChanges() }
            upstream.noteRetry()
            next.resend(command.frame, to: unanswered.receiver)
        }
    }

    private func failInTurn(_ failure: UpstreamFailure, for receiver: ReplyReceiver) {
        guard let connection else { return receiver.fail(failure, commands: 1, afterPartOfReply: false) }
        connection.failInTurn(failure, for: receiver)
    }
}
