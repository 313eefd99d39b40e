import Logging
import NIOCore
import RESP

/// One Redis, as one event loop sees it: a shared connection per identity, and a pool of connections to pin.
///
/// While the server is down every command fails at once; only this type tries to reach it, with growing waits, and
/// resolves its name anew each time.
public final class RedisUpstream: UpstreamConnectionOwner {
    /// Whether the server can be reached, as far as is known.
    public enum Status: Equatable, Sendable {
        /// The first attempt is under way: commands wait for it.
        case connecting
        /// Commands are carried.
        case up
        /// Commands fail with this.
        case down(UpstreamFailure)
    }

    /// How it is reached and treated.
    public let configuration: UpstreamConfiguration
    /// What it is to sessions that haven't said otherwise.
    public let baseIdentity: Identity
    /// Whether the server can be reached.
    public private(set) var status = Status.connecting
    /// The same for those who watch: a server that has owed a reply for ``patience`` is down to them, though commands
    /// still wait for it.
    public var observedStatus: Status {
        guard status == .up, let silence = shared[baseIdentity]?.silence(at: .now()), silence >= Self.patience else {
            return status
        }
        let seconds = TimeAmount.seconds(silence.nanoseconds / 1_000_000_000)
        return .down(.unreachable(server: serverName, reason: "no answer for \(seconds.text)"))
    }
    private static let patience = TimeAmount.seconds(2)

    /// Whether replies are coming to what the most ordinary sessions have asked.
    public var isAnswering: Bool { status == .up && shared[baseIdentity]?.isAnswering(at: .now()) ?? false }

    /// Whether Redis wants a password, and was given none: then nobody may do anything who gives no AUTH.
    public private(set) var lacksPassword = false
    /// Told when `status` may have changed for good.
    public var onStatusChange: ((Status) -> Void)?
    /// Told when the name turns out to lead to another server than it did: connections that were opened before this
    /// time have to go, on all loops (``leave(connectionsOpenedBefore:)``).
    public var onMove: ((NIODeadline) -> Void)?
    /// Told of what happens to shared connections.
    public var observer: (any SharedConnectionObserver)?

    let context: LoopContext
    private let readOnly: (Command) -> Bool
    private let onRetry: () -> Void
    private var shared: [Identity: SharedConnection] = [:]
    /// The pool: connections that nobody uses, by what they are; the longest unused first.
    private var idle: [Identity: [UpstreamConnection]] = [:]
    private var idleCount: Int { idle.values.reduce(0) { $0 + $1.count } }
    private var open: [ObjectIdentifier: UpstreamConnection] = [:]
    private var pinned: [ObjectIdentifier: Pin] = [:]
    /// Pinned connections that nobody uses for now, and nobody else may.
    private var aside: [ObjectIdentifier: UpstreamConnection] = [:]
    /// How many shared connections besides the base identity's have sessions.
    private var inUse = 0
    /// Abandoned connections.
    var kills = PendingKills()
    private var backoff: Backoff
    /// How many connections in a row were lost almost as soon as the server had taken them, and had answered nothing.
    private var uselessInRow = 0
    /// The search under way, when the next one may begin, and what comes between them.
    var search: PrimarySearch?
    var nextSearch = NIODeadline.now()
    var searchPause = Backoff(first: firstSearchPause, maximum: longestSearchPause)
    /// When the last move was (``leave(connectionsOpenedBefore:)``), and what comes before the next.
    var lastMove: NIODeadline?
    /// Connections that were opened before may be to where the name led then.
    var outdated: NIODeadline?
    var stay = Backoff(first: shortestStay, maximum: longestStay)
    private var maintenance: RepeatedTask?
    private var isShutDown = false
    /// Whether the server has told what kind of one it is.
    var isKindKnown = false

    /// The upstream of `context`'s loop.
    ///
    /// - Parameters:
    ///   - configuration: how the server is reached and treated.
    ///   - context: the loop.
    ///   - isReadOnly: whether sending a command twice is harmless.
    ///   - onRetry: called for each command that is sent a second time over a new connection.
    public init(
        configuration: UpstreamConfiguration,
        context: LoopContext,
        isReadOnly: @escaping (Command) -> Bool,
        onRetry: @escaping () -> Void
    ) {
        self.configuration = configuration
        self.context = context
        self.readOnly = isReadOnly
        self.onRetry = onRetry
        baseIdentity = Identity(db: configuration.url.db)
        backoff = Backoff(first: configuration.firstBackoff, maximum: configuration.maximumBackoff)
    }

    /// Connects, and watches over connections from then on.
    public func start() {
        shared(for: baseIdentity).connect()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let interval = min(configuration.responseTimeout ?? .seconds(1), .seconds(1)) / 4
        maintenance = context.eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            bound.value.maintain()
        }
    }

    /// Closes every connection.
    public func shutDown() {
        isShutDown = true
        maintenance?.cancel()
        for connection in open.values { connection.closeQuietly() }
        open = [:]
    }

    // MARK: Connections

    /// The shared connection of `identity`.
    public func shared(for identity: Identity) -> SharedConnection {
        if let existing = shared[identity] { return existing }
        let created = SharedConnection(identity: identity, upstream: self)
        shared[identity] = created
        observer?.sharedConnectionMade(created)
        return created
    }

    /// A shared connection has got its first session, or lost its last.
    func usageChanged(of connection: SharedConnection, isUsed: Bool) {
        guard connection.identity != baseIdentity else { return }
        inUse += isUsed ? 1 : -1
        // Not with each one, or many clients that leave at once would take a time that grows with their square.
        if !isUsed, shared.count - inUse > 2 * configuration.idleConnections { closeSurplus() }
    }

    /// Room is kept for as many shared connections without sessions as for pooled ones: a client may be one identity
    /// after the other, and Redis has only so many connections to give.
    private func closeSurplus() {
        guard shared.count - inUse > configuration.idleConnections else { return }
        let unused = shared.values.filter { $0.sessions == 0 && $0.identity != baseIdentity }
        let quiet = unused.filter(\.isQuiet).sorted { $0.unusedSince < $1.unusedSince }
        for connection in quiet.prefix(max(0, unused.count - configuration.idleConnections)) { close(connection) }
    }

    private func close(_ connection: SharedConnection) {
        connection.closeQuietly()
        shared[connection.identity] = nil
        observer?.sharedConnectionRemoved(connection)
    }

    /// Every shared connection.
    public var sharedConnections: some Sequence<SharedConnection> { shared.values }

    /// A connection for one session alone, new or from the pool; fails while the server is down. `onLoss` hears of its
    /// end once all its commands have failed, `onQuiet` when a command is answered that the session didn't send.
    public func pin(
        _ identity: Identity,
        onLoss: @escaping () -> Void,
        onQuiet: @escaping () -> Void
    ) throws(UpstreamFailure) -> UpstreamConnection {
        if let failure = failureWhileDown { throw failure }
        let connection = takeIdle(identity) ?? open(identity, owner: self)
        pinned[ObjectIdentifier(connection)] = Pin(onLoss: onLoss, onQuiet: onQuiet)
        return connection
    }

    /// Whether the pool holds a connection of `identity`.
    public func hasIdle(_ identity: Identity) -> Bool { !(idle[identity] ?? []).isEmpty }

    /// Takes a pinned connection back. One that is `clean`, having nothing of its session left but the name, may serve
    /// the next session.
    public func unpin(_ connection: UpstreamConnection, clean: Bool) {
        pinned[ObjectIdentifier(connection)] = nil
        // The next session's name can't be given to one that bears another's.
        let isNamedForGood = connection.refusesNames && !connection.clientName.isEmpty
        guard clean, connection.isOpen, connection.isQuiet, !isNamedForGood else {
            forget(connection)
            if connection.isReady { abandon(connection) }
            return connection.closeQuietly()
        }
        if idleCount >= configuration.idleConnections { closeLongestUnused() }
        connection.holdReads(false)
        connection.idleSince = .now()
        idle[connection.identity, default: []].append(connection)
    }

    /// The session that has pinned the connection doesn't need it for now, and wants it to stay.
    public func keepAside(_ connection: UpstreamConnection) { aside[ObjectIdentifier(connection)] = connection }

    /// The session needs it again.
    public func use(_ connection: UpstreamConnection) { aside[ObjectIdentifier(connection)] = nil }

    /// Makes room in the pool: a client may be one identity after the other, and leave a connection of each.
    private func closeLongestUnused() {
        let oldest = idle.values.compactMap(\.first).min { $0.idleSince < $1.idleSince }
        guard let oldest else { return }
        drop(oldest)
        forget(oldest)
        oldest.closeQuietly()
    }

    /// It isn't in the pool any more.
    private func drop(_ connection: UpstreamConnection) {
        guard var others = idle.removeValue(forKey: connection.identity) else { return }
        others.removeAll { $0 === connection }
        if !others.isEmpty { idle[connection.identity] = others }
    }

    private func takeIdle(_ identity: Identity) -> UpstreamConnection? {
        while let connection = idle[identity]?.popLast() {
            if connection.isOpen { return connection }
        }
        return nil
    }

    func open(_ identity: Identity, owner: any UpstreamConnectionOwner) -> UpstreamConnection {
        let connection = UpstreamConnection(
            identity: identity,
            url: configuration.url,
            owner: owner,
            context: context,
            identifies: observer != nil
        )
        open[ObjectIdentifier(connection)] = connection
        UpstreamConnector.connect(connection, configuration, on: context.eventLoop)
        return connection
    }

    /// Every connection.
    var openConnections: some Sequence<UpstreamConnection> { open.values }

    /// What some session has the connection to itself by; nil if none has.
    func pin(of connection: UpstreamConnection) -> Pin? { pinned[ObjectIdentifier(connection)] }

    func forget(_ connection: UpstreamConnection) {
        open[ObjectIdentifier(connection)] = nil
        aside[ObjectIdentifier(connection)] = nil
    }

    func isReadOnly(_ command: Command) -> Bool { readOnly(command) }

    func noteRetry() { onRetry() }

    // MARK: Whether the server is there

    /// What commands fail with at once; nil unless the server is down.
    var failureWhileDown: UpstreamFailure? {
        if case .down(let failure) = status { failure } else { nil }
    }

    func isReachable(by identity: Identity, lacksPassword: Bool) {
        guard identity == baseIdentity else { return }
        self.lacksPassword = lacksPassword
        if uselessInRow == 0 { backoff.reset() }
        guard status != .up else { return }
        context.logger.notice("connected to Redis at \(serverName)")
        if lacksPassword {
            // No reason to give up: it may be meant that every client logs in for itself.
            context.logger.warning(
                """
                Redis at \(serverName) demands a password, which belongs into --upstream \
                (\(configuration.url.withRoomForPassword)): only clients that give AUTH themselves are served
                """
            )
        }
        setStatus(.up)
        killUnsent()
    }

    /// A connection that had worked is gone: the next attempt is made at once, and commands may wait for it, unless
    /// they have waited for too long already, or one connection after the other is lost before it was of any use.
    func wasLost(by identity: Identity, _ failure: UpstreamFailure, wasUseful: Bool) {
        guard identity == baseIdentity, !isShutDown else { return }
        context.logger.warning("\(failure.event)")
        // What is at hand was connected when this one was, and may be as dead.
        closeIdle(unusedSince: .distantFuture)
        uselessInRow = wasUseful ? 0 : uselessInRow + 1
        if wasUseful { backoff.reset() }
        if case .timedOut(let server, let after) = failure {
            setStatus(.down(.unreachable(server: server, reason: "no answer within \(after)")))
            connectAgain()
        } else if uselessInRow > Self.mostUseless {
            setStatus(.down(failure.whileConnecting))
            connectLater()
        } else {
            setStatus(.connecting)
        }
    }

    private static let mostUseless = 3

    func isUnreachable(by identity: Identity, _ failure: UpstreamFailure) {
        guard identity == baseIdentity, !isShutDown else { return }
        // One line when it goes down or fails in another way, not one for each attempt.
        if status != .down(failure) { context.logger.error("\(failure.event); trying again until it answers") }
        setStatus(.down(failure))
        connectLater()
    }

    private func connectLater() {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: backoff.next()) { bound.value.connectAgain() }
    }

    private func connectAgain() {
        guard !isShutDown else { return }
        shared(for: baseIdentity).tryAgain()
    }

    private func setStatus(_ status: Status) {
        self.status = status
        onStatusChange?(status)
    }

    // MARK: UpstreamConnectionOwner, for pinned connections and those in the pool

    var serverName: String { configuration.url.description }
    var sharesConnections: Bool { false }

    func connectionReady(_ connection: UpstreamConnection) {}

    func congestionChanged(of connection: UpstreamConnection) {}

    func connectionIsAtReplica(_ connection: UpstreamConnection) { lookForPrimary(because: .replica(connection, nil)) }

    func connectionClosed(_ connection: UpstreamConnection, _ failure: UpstreamFailure, wasReady: Bool) {
        forget(connection)
        drop(connection)
        let pin = pinned.removeValue(forKey: ObjectIdentifier(connection))
        if wasReady { abandon(connection) }
        let failure = wasReady ? failure : failure.whileConnecting
        connection.failUnanswered(failure, unsent: failure)
        pin?.onLoss()
    }

    // MARK: Maintenance

    private func maintain() {
        let now = context.lookAtClock()
        search?.giveUp(at: now)
        if lacksPassword { askWhetherPasswordIsMissing() }
        for connection in aside.values where connection.isQuiet && now - connection.lastProgress > Self.longestRest {
            // It may be held back, as by CLIENT PAUSE, for as long as the client wouldn't have minded.
            connection.slowCommands += 1
            connection.send(["PING"], to: TextReceiver { [weak pin = pin(of: connection)] _ in pin?.onQuiet() })
        }
        for connection in open.values {
            connection.closeIfUnacknowledged(at: now)
            guard let silence = connection.silence(at: now) else { continue }
            let limit = connection.isReady ? configuration.responseTimeout : configuration.connectTimeout
            if let limit, silence > limit {
                connection.close(
                    connection.isReady
                        ? .timedOut(server: serverName, after: limit.text)
                        : .unreachable(server: serverName, reason: connection.reasonOfSilence(for: limit))
                )
            }
        }
        closeOutdated()
        closeUnused(at: now)
    }

    /// Whom Redis ends for being idle (`timeout`) has a client that may not be.
    private static let longestRest = TimeAmount.seconds(10)

    /// It may be told to demand none any more.
    private func askWhetherPasswordIsMissing() {
        let answer = TextReceiver { [weak self] in if $0 != nil { self?.lacksPassword = false } }
        shared(for: baseIdentity).send(["PING"], to: answer)
    }

    /// Closes those in the pool that nobody has used since `limit`.
    private func closeIdle(unusedSince limit: NIODeadline) {
        for (identity, connections) in idle {
            let kept = connections.filter { $0.idleSince >= limit && $0.isOpen }
            idle[identity] = kept.isEmpty ? nil : kept
            for connection in connections where connection.idleSince < limit {
                forget(connection)
                connection.closeQuietly()
            }
        }
    }

    private func closeUnused(at now: NIODeadline) {
        let limit = now - configuration.idleTimeout
        closeIdle(unusedSince: limit)
        for (identity, connection) in shared
        where identity != baseIdentity && connection.sessions == 0 && connection.isQuiet
            && connection.unusedSince < limit
        {
            close(connection)
        }
        closeSurplus()
    }
}
