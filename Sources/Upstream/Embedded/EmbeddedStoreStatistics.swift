/// What an embedded store holds and has done.
public struct EmbeddedStoreStatistics: Sendable {
    /// Keys in all databases.
    public let keys: Int
    /// Memory taken, in bytes.
    public let usedMemory: Int
    /// Memory that may be taken, in bytes; 0 for any.
    public let memoryLimit: Int
    /// Reads that found their key.
    public let hits: Int
    /// Reads that didn't.
    public let misses: Int
    /// Keys that were evicted to make room.
    public let evictedKeys: Int
    /// Keys whose time was over.
    public let expiredKeys: Int
}
