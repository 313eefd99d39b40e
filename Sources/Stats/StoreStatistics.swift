/// What the cache's store holds now and what has left it, over all its shards.
public struct StoreStatistics: Sendable, Equatable {
    /// Entries held.
    public var entries = 0
    /// Bytes of memory taken, overhead included.
    public var memoryUsedBytes = 0
    /// Bytes of memory that may be taken.
    public var memoryLimitBytes = 0
    /// Bytes of the values that are held as they are.
    public var plainBytes = 0
    /// Bytes of the values that are held compressed, in that form.
    public var compressedBytes = 0
    /// Bytes that those would take more if they weren't compressed.
    public var savedBytes = 0
    /// Entries that ever left to make room.
    public var evictions = 0
    /// Entries that ever left because their time was up.
    public var expiries = 0

    /// Figures at zero.
    public init() {}
}
