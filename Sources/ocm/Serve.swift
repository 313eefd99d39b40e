import ArgumentParser
import FoundationEssentials
import Logging
import ServiceLifecycle
import UnixSignals

/// `ocm serve`: serves until it is told to stop.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve Redis and HTTP clients: from an upstream Redis, or from memory.",
        discussion: """
            Every option can also be set as an environment variable (--redis-port is OCM_REDIS_PORT) or in the file \
            given with --config (redis-port: 6380). An option on the command line wins over the environment, and that \
            over the file.
            """
    )

    @Option(
        help:
            "The Redis to forward to: redis://[[user]:password@]host[:port][/db], the same with rediss:// for TLS, or unix://[[user]:password@]/path[?db=N]. Without it, commands are served from memory."
    )
    var upstream: String?

    @OptionGroup
    var upstreamTLS: UpstreamTLSOptions

    @Option(help: "The address to listen on. (default: 127.0.0.1)")
    var host: String?

    @Option(
        parsing: .unconditional,
        help: "The port for HTTP clients: REST API, dashboard, metrics; 0 for none. (default: 8000)"
    )
    var port: String?

    @Option(parsing: .unconditional, help: "The port for Redis clients; 0 for none. (default: 6380)")
    var redisPort: String?

    @Option(help: "A unix socket for Redis clients, besides the port.")
    var redisSocket: String?

    @Option(
        help: ArgumentHelp(
            "How much memory the local cache, or the embedded store, may use, such as 100mb. (default: 100mb)",
            discussion: "With 'auto', half of what the container, or else the machine, has."
        )
    )
    var memoryLimit: String?

    @Flag(inversion: .prefixedNo, help: "Keep replies of the upstream in a local cache. (default: --cache)")
    var cache: Bool?

    @Option(help: "The largest reply that is kept, such as 1mb. (default: 1mb)")
    var maxEntrySize: String?

    @Option(help: "How long a reply is kept at most. (default: 1h)")
    var maxTTL: String?

    @Option(
        help:
            "Where Redis can't track what is read, keep it for this long, changed or not; 0 for not at all. (default: 0)"
    )
    var untrackedTTL: String?

    @Option(help: "Compress what would have to leave the cache: on or off. (default: on)")
    var compression: String?

    @Option(help: "The smallest reply worth compressing, such as 1kb. (default: 1kb)")
    var compressionMinSize: String?

    @Option(
        parsing: .unconditional,
        help: "How many clients, Redis's and HTTP's together, may be connected at once. (default: 10000)"
    )
    var maxclients: String?

    @Option(help: "Close a client that is silent for this long; 0 for never. (default: 0)")
    var timeout: String?

    @Option(help: "How long Redis may take to answer a command that doesn't block; 0 for any time. (default: 60s)")
    var upstreamTimeout: String?

    @Option(
        parsing: .unconditional,
        help: "How many threads serve clients; 'auto' for as many as there are processors to use. (default: 1)"
    )
    var threads: String?

    @Option(help: "The password that clients must give.")
    var requirepass: String?

    @OptionGroup(title: "HTTP clients")
    var rest: RESTOptions

    @Option(help: "Refuse clients from other machines while no password is set: yes or no. (default: yes)")
    var protectedMode: String?

    @Option(help: "How long commands under way may take to finish after SIGTERM. (default: 10s)")
    var shutdownTimeout: String?

    @Flag(help: "Log what happens in detail.")
    var debug = false

    @Option(help: "A YAML or JSON file with these options.")
    var config: String?

    func run() async throws {
        let configuration: ServeConfiguration
        do {
            configuration = try ServeConfiguration(sources: try ConfigurationSources.gather(given: given))
        } catch {
            throw StandardError.failure("\(error)")
        }
        let logger = Self.makeLogger(configuration)
        for warning in ForeignVariables.warnings(ProcessInfo.processInfo.environment) { logger.warning("\(warning)") }
        do {
            try await ServiceGroup(
                services: [Server(configuration, logger: logger)],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Self.quietLogger
            ).run()
        } catch {
            throw StandardError.failure("\(error)")
        }
    }

    /// The options given on the command line, by name.
    var given: [String: String] {
        let options: [(String, String?)] =
            [
                ("upstream", upstream), ("host", host), ("port", port), ("redis-port", redisPort),
                ("redis-socket", redisSocket),
                ("memory-limit", memoryLimit), ("cache", cache.map { $0 ? "yes" : "no" }),
                ("max-entry-size", maxEntrySize),
                ("max-ttl", maxTTL), ("untracked-ttl", untrackedTTL), ("compression", compression),
                ("compression-min-size", compressionMinSize),
                ("maxclients", maxclients), ("timeout", timeout),
                ("upstream-timeout", upstreamTimeout), ("threads", threads), ("requirepass", requirepass),
                ("protected-mode", protectedMode), ("shutdown-timeout", shutdownTimeout),
                ("debug", debug ? "yes" : nil),
                ("config", config),
            ] + upstreamTLS.given + rest.given
        return Dictionary(uniqueKeysWithValues: options.compactMap { name, value in value.map { (name, $0) } })
    }

    private static func makeLogger(_ configuration: ServeConfiguration) -> Logger {
        var logger = Logger(label: "ocm", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = configuration.debug ? .debug : .info
        return logger
    }

    /// The service group says nothing that our own lines don't say better.
    private static var quietLogger: Logger {
        Logger(label: "ocm") { _ in SwiftLogNoOpLogHandler() }
    }
}
