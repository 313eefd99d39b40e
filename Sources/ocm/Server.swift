import CommandDispatch
import Logging
import NIOCore
import NIOPosix
import RESPListener
import ServiceLifecycle
import Upstream

/// The whole server: loops, dispatchers, upstream and listeners, put together and taken apart again.
struct Server: Service {
    /// How often the embedded store gives expired keys' memory back.
    private static let upkeepInterval = TimeAmount.milliseconds(100)

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
        let listener = try await RESPListener.start(configuration.listener, group: group, dispatchers: dispatchers)
        if configuration.upstream != nil { try await connect(dispatchers, group) }
        let coordinator = try await startCache(dispatchers, eventLoops)
        let upkeep = store.map { store in
            group.next().scheduleRepeatedTask(initialDelay: Self.upkeepInterval, delay: Self.upkeepInterval) { _ in
                store.runCycle()
            }
        }
        announce(listener)
        try? await gracefulShutdown()
        logger.notice("stopping: no new clients; waiting for commands under way")
        await listener.shutDown(within: configuration.shutdownTimeout)
        upkeep?.cancel()
        if let coordinator { try await eventLoops[0].submit { coordinator.value.shutDown() }.get() }
        for (eventLoop, dispatcher) in zip(group.makeIterator(), dispatchers) {
            try await eventLoop.submit { dispatcher.value.upstream?.shutDown() }.get()
        }
        logger.notice("stopped")
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
    /// ourselves never will accept it, and whoever started us should know at once.
    private func connect(_ dispatchers: [NIOLoopBound<Dispatcher>], _ group: MultiThreadedEventLoopGroup) async throws {
        for (index, (eventLoop, dispatcher)) in zip(group.makeIterator(), dispatchers).enumerated() {
            let first = eventLoop.makePromise(of: RedisUpstream.Status.self)
            eventLoop.execute {
                dispatcher.value.upstream?.onStatusChange = { first.succeed($0) }
                dispatcher.value.upstream?.start()
            }
            guard index == 0 else { continue }
            if case .down(.refused(let line)) = try await first.futureResult.get(),
                !line.contains("max number of clients")
            {
                throw ConfigurationError(
                    "Redis at \(configuration.upstream?.url.description ?? "") refuses the connection: \(line); "
                        + "check the user, the password and the database in --upstream"
                )
            }
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

    private func announce(_ listener: RESPListener) {
        logger.notice("ocm \(Version.current) is ready")
        if let upstream = configuration.upstream {
            logger.notice("forwarding to Redis at \(upstream.url.description)")
        } else {
            let megabytes = configuration.memoryLimit >> 20
            logger.notice(
                "serving from memory (up to \(megabytes) MiB); use --upstream redis://… for a Redis behind it"
            )
        }
        if let port = listener.port {
            logger.notice("Redis clients: \(configuration.listener.host):\(port)")
            logger.notice("try: redis-cli -h \(configuration.listener.host) -p \(port) ping")
        }
        if let path = configuration.listener.socketPath {
            logger.notice("Redis clients: \(path)")
            logger.notice("try: redis-cli -s \(path) ping")
        }
    }
}
