/// What became of commands.
public struct RequestStatistics: Decodable, Sendable {
    /// Answered from memory with a value.
    public let hits: Int
    /// Answered from memory: there is no such key.
    public let negativeHits: Int
    /// Not in memory, and asked of Redis to be kept.
    public let misses: Int
    /// Joined a miss under way.
    public let coalesced: Int
    /// Reads that went past the cache.
    public let bypassed: Int
    /// Sent to Redis over a shared connection.
    public let forwarded: Int
    /// Sent over a connection of the client's own.
    public let pinned: Int
    /// Answered here, but not from the cache.
    public let local: Int
    /// Sent again after a connection broke.
    public let retries: Int
}
