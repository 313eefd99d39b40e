import CommandDispatch
import NIOCore
import RESPListener
import RESTListener
import Upstream

/// What `ocm serve` was told.
struct ServeConfiguration {
    /// The options that can be set, by name, whether on the command line, in the environment or in a file.
    static let optionNames = [
        "upstream", "upstream-cacert", "upstream-cert", "upstream-key", "upstream-insecure", "host", "redis-port",
        "redis-socket", "memory-limit", "cache", "max-entry-size", "max-ttl",
        "untracked-ttl",
        "compression", "compression-min-size", "maxclients", "timeout", "upstream-timeout",
        "threads", "requirepass", "protected-mode", "shutdown-timeout", "debug", "port", "rest-host", "rest-token",
        "rest-token-file", "rest-read-token", "rest-read-token-file", "cors-origin", "rest-key-prefix", "max-body-size",
    ]

    var upstream: UpstreamConfiguration?
    var listener = RESPListenerConfiguration()
    /// Where HTTP clients are served; nil for nowhere.
    var rest: RESTListenerConfiguration?
    var memoryLimit = 100 << 20
    /// The local cache before an upstream; nil when it is turned off.
    var cache: CacheConfiguration?
    var threads = 1
    var password: String?
    var shutdownTimeout = TimeAmount.seconds(10)
    var debug = false

    /// With less there would be room for nothing.
    private static let smallestMemoryLimit = 64 << 10

    /// Reads the options; the error names the place where a wrong one was written.
    init(sources: ConfigurationSources) throws {
        let reader = OptionReader(sources)
        upstream = try UpstreamConfiguration(reader)
        if let host = try reader.address("host") { listener.host = host }
        if let port = try reader.number("redis-port", 0...65535) { listener.port = port == 0 ? nil : port }
        listener.socketPath = try reader.value("redis-socket") { path in
            guard !path.isEmpty else { throw ConfigurationError("it must be a path") }
            guard path.utf8.count <= UnixSocketPath.longest else {
                throw ConfigurationError("the path of a unix socket has \(UnixSocketPath.longest) bytes at most")
            }
            return path
        }
        if reader.isAuto("memory-limit") {
            memoryLimit = AvailableResources().memoryLimit
        } else if let limit = try reader.value("memory-limit", Self.memoryLimit) {
            memoryLimit = limit
        }
        cache = try reader.flag("cache") ?? true ? try CacheConfiguration(reader, memoryLimit: memoryLimit) : nil
        if let count = try reader.number("maxclients", 1...1_000_000) { listener.maxClients = count }
        if let timeout = try reader.duration("timeout") { listener.idleTimeout = timeout.nonZero }
        if let timeout = try reader.duration("upstream-timeout") { upstream?.responseTimeout = timeout.nonZero }
        if reader.isAuto("threads") {
            threads = AvailableResources().processors
        } else if let count = try reader.number("threads", 1...1024) {
            threads = count
        }
        password = reader.password
        listener.hasPassword = password != nil
        if let flag = try reader.flag("protected-mode") { listener.protectedMode = flag }
        if let timeout = try reader.duration("shutdown-timeout") { shutdownTimeout = timeout }
        if let flag = try reader.flag("debug") { debug = flag }
        rest = try RESTListenerConfiguration(reader)
        rest?.maxClients = listener.maxClients
        guard listener.port != nil || listener.socketPath != nil || rest != nil else {
            throw ConfigurationError("nothing to listen on: set --redis-port, --redis-socket or --port")
        }
        if let url = upstream?.url, listener.isReached(at: url.endpoint) {
            throw ConfigurationError(
                "the upstream \(url.redacted) is where ocm itself is to listen: one of them needs another address"
            )
        }
    }

    private static func memoryLimit(_ text: String) throws -> Int {
        let limit = try ByteSize(text).bytes
        guard limit >= smallestMemoryLimit else {
            throw ConfigurationError("it must be 64kb at least (a number alone is bytes)")
        }
        return limit
    }
}

extension TimeAmount {
    /// Nil for zero, which stands for never.
    fileprivate var nonZero: TimeAmount? { nanoseconds == 0 ? nil : self }
}
