/// What the cache has done and holds, over all event loops, at one moment.
///
/// The loops go on while they are read, so figures that belong together may be a few commands apart.
public struct CacheStatistics: Sendable, Equatable {
    /// Reads answered from the cache with a value.
    public let hits: Int
    /// Reads answered from the cache with what a missing key gives.
    public let negativeHits: Int
    /// Reads that were looked up, not found, and sent upstream.
    public let misses: Int
    /// Reads that joined a miss already under way.
    public let coalesced: Int
    /// Reads that weren't looked up, by reason; every reason is there.
    public let bypasses: [BypassReason: Int]
    /// Replies stored.
    public let fills: Int
    /// Replies to misses that weren't stored, by reason; every reason is there.
    public let refusedFills: [FillRefusal: Int]
    /// Keys purged.
    public let invalidations: Int
    /// Times that the cache, or a part of it, was emptied, by reason; every reason is there.
    public let flushes: [FlushReason: Int]
    /// Replies held back until the invalidation feed had caught up.
    public let waits: Int
    /// How long reads took that were answered from the cache.
    public let cachedTimes: LatencySnapshot
    /// How long reads took that went upstream.
    public let uncachedTimes: LatencySnapshot
    /// What the store holds.
    public let store: StoreStatistics

    /// The sum over `loops`, and the store's figures.
    public init(loops: [CacheCounters], store: StoreStatistics) {
        hits = loops.reduce(0) { $0 + $1.hits.current }
        negativeHits = loops.reduce(0) { $0 + $1.negativeHits.current }
        misses = loops.reduce(0) { $0 + $1.misses.current }
        coalesced = loops.reduce(0) { $0 + $1.coalesced.current }
        bypasses = Self.sum(of: loops.map { $0.bypasses.current })
        fills = loops.reduce(0) { $0 + $1.fills.current }
        refusedFills = Self.sum(of: loops.map { $0.refusedFills.current })
        invalidations = loops.reduce(0) { $0 + $1.invalidations.current }
        flushes = Self.sum(of: loops.map { $0.flushes.current })
        waits = loops.reduce(0) { $0 + $1.waits.current }
        cachedTimes = loops.reduce(LatencySnapshot()) { $0 + $1.cachedTimes.snapshot() }
        uncachedTimes = loops.reduce(LatencySnapshot()) { $0 + $1.uncachedTimes.snapshot() }
        self.store = store
    }

    /// The part of the reads looked up that the cache answered, 0 to 1; 0 when none was.
    public var hitRate: Double { Self.ratio(hits + negativeHits, hits + negativeHits + misses + coalesced) }
    /// Bytes of memory taken.
    public var memoryUsageBytes: Int { store.memoryUsedBytes }
    /// The same in units of 1024 × 1024 bytes.
    public var memoryUsageMB: Double { Self.ratio(memoryUsageBytes, Self.megabyte) }
    /// Memory taken in percent of what may be.
    public var memoryUsagePercent: Double { 100 * Self.ratio(memoryUsageBytes, memoryLimitBytes) }
    /// Bytes of memory that may be taken.
    public var memoryLimitBytes: Int { store.memoryLimitBytes }
    /// The same in units of 1024 × 1024 bytes.
    public var memoryLimitMB: Double { Self.ratio(memoryLimitBytes, Self.megabyte) }
    /// How long a read took that was answered from the cache, on average, in milliseconds; 0 when none was.
    public var averageCachedMilliseconds: Double { cachedTimes.mean / 1e6 }
    /// How long a read took that went upstream, on average, in milliseconds; 0 when none did.
    public var averageUncachedMilliseconds: Double { uncachedTimes.mean / 1e6 }

    private static let megabyte = 1 << 20

    private static func ratio(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }

    private static func sum<Kind: Reason>(of counts: [[Kind: Int]]) -> [Kind: Int] {
        let zeros = Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, 0) })
        return counts.reduce(zeros) { $0.merging($1, uniquingKeysWith: +) }
    }
}
