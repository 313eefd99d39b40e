import CommandDispatch
import LocalCache
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import RESPListener
import RESTListener
import ServiceLifecycle
import Upstream

/// The whole server: loops, dispatchers, upstream and listeners, put together and taken apart again.
struct Server: Service {
    /// How often the embedded store gives expired keys' memory back.
    private static let upkeepInterval = TimeAmount.milliseconds(100)
    /// How often a proxy looks whether its clients' replies have left free memory behind.
    private static let trimInterval = TimeAmount.seconds(1)
    /// The time in which a key that nobody asks for any more loses half of its fame.
    private static let halfLifeOfFame = TimeAmount.minutes(1)

    private let configuration: ServeConfiguration
    private let logger: Logger

    init(_ configuration: ServeConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Serves until it is told to stop, then lets commands under way finish.
    func run() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
        do {
            try await serve(on: group)
            try await group.shutdownGracefully()
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        var listenerConfiguration = configuration.listener
        var restConfiguration = configuration.rest
        if let room = OpenFileLimit.raise(for: listenerConfiguration.maxClients) {
            logger.warning(
                "there is room for \(room) clients, not for the \(listenerConfiguration.maxClients) of --maxclients, so that others are turned away: raise the limit of open files (ulimit -n)"
            )
            listenerConfiguration.maxClients = room
            restConfiguration?.maxClients = room
        }
        let store = configuration.upstream == nil ? EmbeddedStore(memoryLimit: configuration.memoryLimit) : nil
        let context = ServerContext(
            version: Version.current,
            requiredPassword: configuration.password.map { Array($0.utf8) },
            store: store,
            cache: configuration.upstream == nil ? nil : configuration.cache,
            threads: configuration.threads
        )
        let eventLoops = Array(group.makeIterator())
        let dispatchers = try await makeDispatchers(context, group)
        let listener = try await RESPListener.start(listenerConfiguration, group: group, dispatchers: dispatchers)
        var restListener: RESTListener?
        if let rest = restConfiguration {
            restListener = try await RESTListener.start(rest, group: group, dispatchers: dispatchers)
        }
        if let upstream = configuration.upstream { try await connect(to: upstream, dispatchers, eventLoops) }
        let coordinator = try await startCache(dispatchers, eventLoops)
        var upkeep = [Self.every(Self.halfLifeOfFame, on: group) { context.decayTopKeys() }]
        if let store {
            upkeep.append(Self.every(Self.upkeepInterval, on: group) { store.runCycle() })
        } else {
            let trimmer = NIOLockedValueBox(HeapTrimmer())
            upkeep.append(
                Self.every(Self.trimInterval, on: group) {
                    trimmer.withLockedValue { $0.runCycle(used: context.cachedBytes) }
                }
            )
        }
        if !Task.isShuttingDownGracefully { announce(listener, restListener) }
        try? await gracefulShutdown()
        logger.notice("stopping: no new clients; waiting for commands under way")
        async let restIsDown: Void? = restListener?.shutDown(within: configuration.shutdownTimeout)
        await listener.shutDown(within: configuration.shutdownTimeout)
        await restIsDown
        for task in upkeep { task.cancel() }
        if let coordinator { try await eventLoops[0].submit { coordinator.value.shutDown() }.get() }
        for (eventLoop, dispatcher) in zip(group.makeIterator(), dispatchers) {
            try await eventLoop.submit { dispatcher.value.upstream?.shutDown() }.get()
        }
        logger.notice("stopped")
    }

    private static func every(
        _ interval: TimeAmount,
        on group: MultiThreadedEventLoopGroup,
        _ work: @escaping @Sendable () -> Void
    ) -> RepeatedTask {
        group.next().scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in work() }
    }

    private func makeDispatchers(
        _ context: ServerContext,
        _ group: MultiThreadedEventLoopGroup
    ) async throws -> [NIOLoopBound<Dispatcher>] {
        var dispatchers: [NIOLoopBound<Dispatcher>] = []
        for eventLoop in group.makeIterator() {
            dispatchers.append(
                try await eventLoop.submit { [logger, configuration] in
                    let loop = LoopContext(eventLoop: eventLoop, logger: logger)
                    let dispatcher = Dispatcher(server: context, context: loop, upstream: configuration.upstream)
                    return NIOLoopBound(dispatcher, eventLoop: eventLoop)
                }.get()
            )
        }
        return dispatchers
    }

    /// Starts to connect. A Redis that isn't there yet is waited for while we serve; one that refuses what we say of
    /// ourselves never will accept it, nor we one whose certificate is wrong, and whoever started us should know at
    /// once.
    private func connect(
        to configuration: UpstreamConfiguration,
        _ dispatchers: [NIOLoopBound<Dispatcher>],
        _ eventLoops: [any EventLoop]
    ) async throws {
        let url = configuration.url
        logger.notice("connecting to Redis at \(url.description)")
        if configuration.tls?.verifies == false {
            logger.warning(
                "the certificate of Redis at \(url.description) isn't verified (--upstream-insecure): whoever is on the way there may read and change everything"
            )
        }
        for (eventLoop, dispatcher) in zip(eventLoops, dispatchers) {
            eventLoop.execute {
                dispatcher.value.upstream?.onMove = { time in
                    for (eventLoop, dispatcher) in zip(eventLoops, dispatchers) {
                        eventLoop.execute { dispatcher.value.upstream?.leave(connectionsOpenedBefore: time) }
                    }
                }
            }
        }
        let first = eventLoops[0].makePromise(of: RedisUpstream.Status.self)
        eventLoops[0].execute {
            guard let upstream = dispatchers[0].value.upstream else { return }
            func note(_ status: RedisUpstream.Status) {
                first.succeed(status)
                if status == .up { upstream.warnIfUnfit() }
            }
            upstream.onStatusChange = { note($0) }
            upstream.start()
            // A client that was quicker than this has made it connect already.
            if upstream.status != .connecting { note(upstream.status) }
        }
        // A Redis that says nothing at all keeps nobody from stopping us.
        let status = try await withGracefulShutdownHandler {
            try await first.futureResult.get()
        } onGracefulShutdown: {
            first.succeed(.connecting)
        }
        if case .down(.refused(let line)) = status, !line.contains("max number of clients") {
            throw ConfigurationError(
                "Redis at \(url.description) refuses the connection: \(line); "
                    + "check the user, the password and the database in --upstream"
            )
        }
        if case .down(let failure) = status, case .untrusted = failure { throw ConfigurationError(failure.event) }
        for (eventLoop, dispatcher) in zip(eventLoops, dispatchers).dropFirst() {
            eventLoop.execute { dispatcher.value.upstream?.start() }
        }
    }

    /// Begins to listen for invalidations, from which moment on replies are cached.
    private func startCache(
        _ dispatchers: [NIOLoopBound<Dispatcher>],
        _ eventLoops: [any EventLoop]
    ) async throws -> NIOLoopBound<CacheCoordinator>? {
        try await eventLoops[0].submit {
            guard let coordinator = CacheCoordinator(dispatchers, eventLoops) else { return nil }
            coordinator.start()
            return NIOLoopBound(coordinator, eventLoop: eventLoops[0])
        }.get()
    }

    /// The API's URLs are listed as its users know them from the service that it takes the place of.
    private static let urls = """
        GET    /api/healthcheck                - health
        GET    /api/cache/stats                - statistics
        GET    /api/cache/keys?pattern=PATTERN - keys
        GET    /api/cache/key/KEY              - a value
        POST   /api/cache/key/KEY              - set a value
        DELETE /api/cache/key/KEY              - delete a value
        DELETE /api/cache/invalidate-all       - delete all values
        """

    private static func isLoopback(_ host: String) -> Bool {
        host.hasPrefix("127.") || ["::1", "localhost"].contains(host)
    }

    private func announce(_ rest: RESTListener, _ options: RESTListenerConfiguration) {
        guard let port = rest.port else { return }
        let place = ListeningSocket.Place.tcp(host: options.host, port: port)
        logger.notice("the REST API, dashboard and metrics: http://\(place)/")
        for line in Self.urls.split(separator: "\n") { logger.notice("  \(line)") }
        if options.token == nil, !Self.isLoopback(options.host) {
            logger.warning("anybody who reaches \(place) may read and write: set --rest-token")
        } else if options.token == nil, configuration.listener.host != options.host {
            logger.notice("  only from this machine, since there is no --rest-token")
        }
    }

    private func announce(_ listener: RESPListener, _ rest: RESTListener?) {
        logger.notice("ocm \(Version.current) is ready")
        // The option, as the service said it that the API is taken from: the embedded store compresses nothing.
        logger.notice(
            "Redis: \(configuration.upstream != nil), compression: \(configuration.cache?.store.makeCompressor != nil)"
        )
        logger.notice("threads: \(configuration.threads), memory limit: \(configuration.memoryLimit >> 20) MiB")
        if let rest, let options = configuration.rest { announce(rest, options) }
        if let upstream = configuration.upstream {
            logger.notice("forwarding to Redis at \(upstream.url.description)")
        } else {
            let megabytes = configuration.memoryLimit >> 20
            logger.notice(
                "serving from memory (up to \(megabytes) MiB); use --upstream redis://… for a Redis behind it"
            )
        }
        if let port = listener.port {
            let host = configuration.listener.host
            let place = ListeningSocket.Place.tcp(host: host, port: port)
            logger.notice("Redis clients: \(place)")
            if configuration.password == nil, !Self.isLoopback(host) {
                if configuration.listener.protectedMode {
                    logger.notice("  only from this machine, since there is no --requirepass (protected mode)")
                } else {
                    logger.warning("anybody who reaches \(place) may read and write: set --requirepass")
                }
            }
            logger.notice("try: redis-cli -h \(host) -p \(port) ping")
        }
        if let path = configuration.listener.socketPath {
            logger.notice("Redis clients: \(path)")
            logger.notice("try: redis-cli -s \(path) ping")
        }
    }
}
