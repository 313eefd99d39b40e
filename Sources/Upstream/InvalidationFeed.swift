import Logging
import NIOCore
import RESP

/// The connection over which the server tells which keys have changed: a RESP2 subscriber to `__redis__:invalidate`.
///
/// It belongs to one event loop of the process, whatever the number of others. A connection that wants its reads
/// tracked names this one's client id (`CLIENT TRACKING ON REDIRECT id`). The feed answers a PING at least every
/// ``heartbeat``; when it doesn't, it is as good as lost, because what it would have said isn't heard either.
public final class InvalidationFeed: UpstreamConnectionOwner {
    /// How often it has to show that it is alive.
    static let heartbeat = TimeAmount.seconds(1)

    private let upstream: RedisUpstream
    private let context: LoopContext
    private weak var delegate: (any InvalidationFeedDelegate)?
    private var connection: UpstreamConnection?
    private var backoff: Backoff
    private var unansweredPings = CircularBuffer<(sent: NIODeadline, ping: FeedPing)>()
    private var lastPing = NIODeadline.now()
    /// Its id on the server.
    private var id = 0
    private var server: ServerInfo?
    /// When it was subscribed to the channel; nil while it isn't.
    private var subscribed: NIODeadline?
    private var isUp = false
    private var isShutDown = false
    private var watch: RepeatedTask?

    private static let channel = "__redis__:invalidate"

    /// The feed of `upstream`; it starts with ``start()``.
    public init(upstream: RedisUpstream, context: LoopContext, delegate: any InvalidationFeedDelegate) {
        self.upstream = upstream
        self.context = context
        self.delegate = delegate
        backoff = Backoff(
            first: upstream.configuration.firstBackoff,
            maximum: upstream.configuration.maximumBackoff
        )
    }

    /// Connects, and goes on doing so whenever it is lost.
    public func start() {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let interval = Self.heartbeat / 4
        watch = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            bound.value.checkHeartbeat()
        }
        connect()
    }

    /// Ends it for good.
    public func shutDown() {
        isShutDown = true
        watch?.cancel()
        connection?.closeQuietly()
    }

    /// Asks the server whether that was all; ``InvalidationFeedDelegate/feedAnswered(_:)`` follows, unless the feed is
    /// lost.
    public func send(_ ping: FeedPing) {
        guard let connection else { return }
        lastPing = .now()
        unansweredPings.append((sent: lastPing, ping: ping))
        connection.sendInStream(["PING"])
    }

    private func connect() {
        guard !isShutDown else { return }
        var identity = upstream.baseIdentity
        identity.version = .resp2
        connection = upstream.open(identity, owner: self)
    }

    private func checkHeartbeat() {
        guard let connection, let subscribed else { return }
        let now = NIODeadline.now()
        let oldest = isUp ? unansweredPings.first?.sent : subscribed
        if let oldest, now - oldest > Self.heartbeat {
            connection.close(.timedOut(server: serverName, after: Self.heartbeat.text))
        } else if isUp, now - lastPing >= Self.heartbeat {
            send(.heartbeat)
        }
    }

    // MARK: What it is told

    func received(id: Int) {
        guard let connection else { return }
        connection.stream(to: FeedReceiver(self), framed: true)
        connection.sendInStream(["SUBSCRIBE", Self.channel])
        subscribed = .now()
        self.id = id
    }

    func received(_ message: RESPValue) {
        if case .error(let text) = message {
            // A server that can't save its data refuses PING as it does writes, but it tells what changes.
            if isUp, text.hasPrefix("MISCONF ") { return receivedPong() }
            return lose("Redis refuses the invalidation feed: \(text)")
        }
        guard let elements = message.elements, let kind = elements.first?.bytes else { return }
        if kind.elementsEqual("message".utf8), elements.count == 3 {
            guard let keys = elements[2].elements else { return receivedFlush() }
            for key in keys { key.bytes?.withUnsafeBytes { delegate?.feedInvalidated($0) } }
        } else if kind.elementsEqual("pong".utf8) {
            receivedPong()
        } else if kind.elementsEqual("subscribe".utf8) {
            isUp = true
            lastPing = .now()
            delegate?.feedIsUp(id: id, server: server)
        }
    }

    private func receivedPong() {
        // Not before, for a user may be refused PING alone.
        backoff.reset()
        if let answered = unansweredPings.popFirst() { delegate?.feedAnswered(answered.ping) }
    }

    /// Somebody has flushed a database.
    func receivedFlush() { delegate?.feedInvalidatedEverything() }

    func lose(_ reason: String) {
        guard let lost = connection else { return }
        connection = nil
        upstream.forget(lost)
        lost.closeQuietly()
        wentDown(reason)
    }

    private func wentDown(_ reason: String) {
        connection = nil
        isUp = false
        subscribed = nil
        server = nil
        unansweredPings.removeAll()
        guard !isShutDown else { return }
        delegate?.feedIsDown(reason)
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: backoff.next()) { bound.value.connect() }
    }

    // MARK: UpstreamConnectionOwner

    var serverName: String { upstream.serverName }
    var sharesConnections: Bool { false }

    func connectionReady(_ connection: UpstreamConnection) {
        connection.send(ServerInfo.question, to: TextReceiver { [weak self] in self?.server = $0.map(ServerInfo.init) })
        connection.send(["CLIENT", "ID"], to: FeedIDReceiver(self))
    }

    func connectionClosed(_ connection: UpstreamConnection, _ failure: UpstreamFailure, wasReady: Bool) {
        upstream.forget(connection)
        guard self.connection === connection else { return }
        wentDown((wasReady ? failure : failure.whileConnecting).event)
    }

    func congestionChanged(of connection: UpstreamConnection) {}
}
