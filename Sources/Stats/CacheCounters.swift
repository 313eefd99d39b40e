/// What one event loop has done with the cache, in counters that anybody may read.
public final class CacheCounters: Sendable {
    /// Reads answered from the cache with a value.
    public let hits = Counter()
    /// Reads answered from the cache with what a missing key gives.
    public let negativeHits = Counter()
    /// Reads that the cache had no answer to and that were sent upstream; also those that weren't looked up because the
    /// key isn't admitted, or because the client's own commands on it are under way.
    public let misses = Counter()
    /// Reads that joined a miss already under way.
    public let coalesced = Counter()
    /// Reads that might have been answered from the cache, but were forwarded like other commands.
    public let bypasses = ReasonCounters<BypassReason>()
    /// Replies stored.
    public let fills = Counter()
    /// Replies to misses that weren't stored.
    public let refusedFills = ReasonCounters<FillRefusal>()
    /// Keys that the server said have changed.
    public let invalidations = Counter()
    /// Times that the cache, or a part of it, was emptied.
    public let flushes = ReasonCounters<FlushReason>()
    /// Reads that waited for the server to confirm that what is kept is current.
    public let waits = Counter()

    /// Counters at zero.
    public init() {}
}
