/// What a store holds, and what it has done since it was made.
public struct EntryStoreStatistics: Sendable, Equatable {
    /// How many replies there are.
    public var entries = 0
    /// How much memory is taken, in bytes: everything, whatever of it is in use.
    public var bytesUsed = 0
    /// The bytes of the replies that aren't compressed.
    public var plainBytes = 0
    /// How many replies are compressed.
    public var compressedEntries = 0
    /// The bytes that those replies take.
    public var compressedBytes = 0
    /// How many bytes more they would take if they weren't compressed.
    public var savedBytes = 0
    /// How many replies were evicted to make room.
    public var evictions = 0
    /// How many replies were dropped because their time was over.
    public var expiries = 0

    /// Nothing.
    public init() {}

    /// Adds what another store holds and has done.
    public static func += (sum: inout Self, other: Self) {
        sum.entries += other.entries
        sum.bytesUsed += other.bytesUsed
        sum.plainBytes += other.plainBytes
        sum.compressedEntries += other.compressedEntries
        sum.compressedBytes += other.compressedBytes
        sum.savedBytes += other.savedBytes
        sum.evictions += other.evictions
        sum.expiries += other.expiries
    }
}
