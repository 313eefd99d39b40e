/// What a server has counted and measured since it was started, unless it says otherwise.
///
/// The groups that may be nil are those that a server of another version might not know.
public struct ServerStatistics: Decodable, Sendable {
    /// The server's version.
    public let version: String
    /// What fraction of the reads that could be kept were answered from memory, 0 to 1.
    public let hitRate: Double
    /// How much memory the local cache, or the embedded store, takes now.
    public let memoryUsageBytes: Int
    /// How much it may take.
    public let memoryLimitBytes: Int
    /// The average time that a command took which was answered from memory, in milliseconds.
    public let avgCachedTimeMs: Double
    /// The average time that a command took which Redis was asked for, in milliseconds.
    public let avgUncachedTimeMs: Double
    /// Whether there is a Redis behind it.
    public let redisEnabled: Bool
    /// What Redis says of itself; nil without one, or while it is away.
    public let redis: RedisStatistics?
    /// For how long the server has been running.
    public let uptimeSeconds: Double?
    /// How many threads serve clients.
    public let threads: Int?
    /// What became of commands.
    public let requests: RequestStatistics?
    /// The local cache.
    public let cache: LocalCacheStatistics?
    /// What is compressed in it.
    public let compression: CompressionStatistics?
    /// Who is connected.
    public let clients: ClientStatistics?
    /// Bytes from and to clients.
    public let network: NetworkStatistics?
    /// The connection to Redis; nil without one.
    public let upstream: UpstreamStatistics?
    /// How long commands took.
    public let latencyMs: LatencyStatistics?
    /// How often each command was given, for those that were.
    public let commands: [String: Int]?
    /// The keys asked for most, in descending order.
    public let topKeys: [TopKey]?
}
