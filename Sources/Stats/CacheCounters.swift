/// What one event loop has done with the cache, in counters that anybody may read.
public final class CacheCounters: Sendable {
    /// Reads answered from the cache with a value.
    public let hits = Counter()
    /// Reads answered from the cache with what a missing key gives.
    public let negativeHits = Counter()
    /// Reads that were looked up, not found, and sent upstream.
    public let misses = Counter()
    /// Reads that joined a miss already under way.
    public let coalesced = Counter()
    /// Reads that weren't looked up.
    public let bypasses = ReasonCounters<BypassReason>()
    /// Replies stored.
    public let fills = Counter()
    /// Replies to misses that weren't stored.
    public let refusedFills = ReasonCounters<FillRefusal>()
    /// Keys purged: by the server's messages or for commands that passed through.
    public let invalidations = Counter()
    /// Times that the cache, or an identity's part of it, was emptied.
    public let flushes = ReasonCounters<FlushReason>()
    /// Replies held back until the invalidation feed had caught up.
    public let waits = Counter()
    /// How long reads took that were answered from the cache.
    public let cachedTimes = LatencyHistogram()
    /// How long reads took that went upstream.
    public let uncachedTimes = LatencyHistogram()

    /// Counters at zero.
    public init() {}
}
