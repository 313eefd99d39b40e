import LocalCache
import Stats
import Upstream

/// What the local cache has done and holds, over all event loops, at one moment.
///
/// The loops go on while they are read, so figures that belong together may be a few commands apart.
public struct CacheStatistics: Sendable {
    /// Commands answered from the cache with a value.
    public let hits: Int
    /// Commands answered from the cache with what a missing key gives.
    public let negativeHits: Int
    /// Commands that the cache had no answer to and that were sent upstream; also those that weren't looked up because
    /// the key isn't admitted, or because the client's own commands on it are under way.
    public let misses: Int
    /// Commands that joined a miss already under way.
    public let coalesced: Int
    /// Commands whose replies may be kept, but were forwarded like others, by reason.
    public let bypasses: [BypassReason: Int]
    /// Replies stored.
    public let fills: Int
    /// Replies to misses that weren't stored, by reason.
    public let refusedFills: [FillRefusal: Int]
    /// Keys that the server said have changed.
    public let invalidations: Int
    /// Times that the cache, or what came over one connection, was dropped, by reason.
    public let flushes: [FlushReason: Int]
    /// Commands that waited for the server to confirm that what is kept is current.
    public let waits: Int
    /// How long commands took that were answered from the cache.
    public let cachedTimes: LatencySnapshot
    /// How long commands took that went upstream, but for those that wait for others.
    public let uncachedTimes: LatencySnapshot
    /// What is held.
    public let store: EntryStoreStatistics
    /// How many bytes may be taken.
    public let memoryLimitBytes: Int

    /// The sum over `loops`, and the store's figures.
    init(_ loops: [LoopStatistics], _ store: EntryStoreStatistics, memoryLimit: Int) {
        let counters = loops.compactMap(\.cache)
        func sum(_ counter: (borrowing CacheCounters) -> Int) -> Int { counters.reduce(0) { $0 + counter($1) } }
        hits = sum { $0.hits.current }
        negativeHits = sum { $0.negativeHits.current }
        misses = sum { $0.misses.current }
        coalesced = sum { $0.coalesced.current }
        bypasses = Self.sum(of: counters.map { $0.bypasses.current })
        fills = sum { $0.fills.current }
        refusedFills = Self.sum(of: counters.map { $0.refusedFills.current })
        invalidations = sum { $0.invalidations.current }
        flushes = Self.sum(of: counters.map { $0.flushes.current })
        waits = sum { $0.waits.current }
        cachedTimes = loops.reduce(LatencySnapshot()) { $0 + $1.counters.cachedTimes.snapshot() }
        uncachedTimes = loops.reduce(LatencySnapshot()) { $0 + $1.counters.uncachedTimes.snapshot() }
        self.store = store
        memoryLimitBytes = memoryLimit
    }

    /// The figures of an embedded store, which is all the cache there is then: it keeps everything, so nothing is
    /// bypassed, coalesced or invalidated.
    init(_ loops: [LoopStatistics], _ store: EmbeddedStoreStatistics) {
        hits = store.hits
        negativeHits = 0
        misses = store.misses
        coalesced = 0
        bypasses = Self.sum(of: [])
        fills = 0
        refusedFills = Self.sum(of: [])
        invalidations = 0
        flushes = Self.sum(of: [])
        waits = 0
        cachedTimes = loops.reduce(LatencySnapshot()) { $0 + $1.counters.cachedTimes.snapshot() }
        uncachedTimes = LatencySnapshot()
        var entries = EntryStoreStatistics()
        entries.entries = store.keys
        entries.bytesUsed = store.usedMemory
        entries.evictions = store.evictedKeys
        entries.expiries = store.expiredKeys
        self.store = entries
        memoryLimitBytes = store.memoryLimit
    }

    /// The part of hits, misses and joined misses that hits are, 0 to 1; 0 when there were none.
    public var hitRate: Double { Self.ratio(hits + negativeHits, hits + negativeHits + misses + coalesced) }
    /// Bytes of memory taken.
    public var memoryUsageBytes: Int { store.bytesUsed }
    /// The same in units of 1024 × 1024 bytes.
    public var memoryUsageMB: Double { Self.ratio(memoryUsageBytes, Self.megabyte) }
    /// Memory taken in percent of what may be.
    public var memoryUsagePercent: Double { 100 * Self.ratio(memoryUsageBytes, memoryLimitBytes) }
    /// What may be taken, in units of 1024 × 1024 bytes.
    public var memoryLimitMB: Double { Self.ratio(memoryLimitBytes, Self.megabyte) }
    /// How long a command took that was answered from the cache, on average, in milliseconds; 0 when none was.
    public var averageCachedMilliseconds: Double { cachedTimes.mean / 1e6 }
    /// How long a command took that went upstream, on average, in milliseconds; 0 when none did.
    public var averageUncachedMilliseconds: Double { uncachedTimes.mean / 1e6 }

    private static let megabyte = 1 << 20

    private static func ratio(_ part: Int, _ whole: Int) -> Double { whole == 0 ? 0 : Double(part) / Double(whole) }

    private static func sum<Kind: Reason>(of counts: [[Kind: Int]]) -> [Kind: Int] {
        let zeros = Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, 0) })
        return counts.reduce(zeros) { $0.merging($1, uniquingKeysWith: +) }
    }
}
