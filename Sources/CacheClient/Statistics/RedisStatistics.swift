/// What Redis says of itself in INFO.
public struct RedisStatistics: Decodable, Sendable {
    /// The memory that it takes, in bytes.
    public let usedMemory: Int
    /// The most that it has taken, in bytes.
    public let usedMemoryPeak: Int
    /// What the system gave it, relative to what it takes.
    public let memFragmentationRatio: Double
    /// How many clients it has; we are some of them.
    public let connectedClients: Int
    /// Reads of keys that were there.
    public let keyspaceHits: Int
    /// Reads of keys that weren't.
    public let keyspaceMisses: Int
    /// Commands of all its clients.
    public let totalCommandsProcessed: Int
}
