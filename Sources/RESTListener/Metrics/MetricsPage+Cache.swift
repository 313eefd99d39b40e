import CommandDispatch
import LocalCache
import Stats
import Upstream

extension MetricsPage {
    /// The local cache before a Redis.
    func writeCache(_ state: CacheState, _ statistics: CacheStatistics, _ writer: inout MetricsWriter) {
        writer.gauge(
            "ocm_cache_state",
            "1 for the state that the cache is in: reads are answered from it only when it is on or untracked.",
            state.samples
        )
        writer.counter("ocm_cache_hits", "Reads answered from the cache with a value.", statistics.hits)
        writer.counter(
            "ocm_cache_negative_hits",
            "Reads answered from the cache with the knowledge that the key is missing.",
            statistics.negativeHits
        )
        writer.counter(
            "ocm_cache_misses",
            "Reads that the cache had no answer to, and that were sent to Redis.",
            statistics.misses
        )
        writer.counter(
            "ocm_cache_coalesced",
            "Reads looked up in vain that shared the reply to another one's miss.",
            statistics.coalesced
        )
        writer.counter(
            "ocm_cache_bypasses",
            "Reads that might have been answered from the cache but were forwarded, by reason; those not admitted are misses, too.",
            Self.samples(statistics.bypasses)
        )
        writer.counter(
            "ocm_cache_waits",
            "Reads, replies to scripts and the like, that waited for Redis to confirm the cache.",
            statistics.waits
        )
        writer.counter("ocm_cache_fills", "Replies stored.", statistics.fills)
        writer.counter(
            "ocm_cache_refused_fills",
            "Replies to misses that were not stored, by reason.",
            Self.samples(statistics.refusedFills)
        )
        writer.counter(
            "ocm_cache_invalidations",
            "Keys that Redis said have changed.",
            statistics.invalidations
        )
        writer.counter(
            "ocm_cache_flushes",
            "Times that the cache, or a part of it, was dropped, by reason.",
            Self.samples(statistics.flushes)
        )
        writeEntries(statistics, &writer)
    }

    private func writeEntries(_ statistics: CacheStatistics, _ writer: inout MetricsWriter) {
        let store = statistics.store
        writer.gauge("ocm_cache_entries", "Replies in the cache.", store.entries)
        writer.counter("ocm_cache_evictions", "Replies dropped to make room.", store.evictions)
        writer.counter("ocm_cache_expiries", "Replies dropped because their time was over.", store.expiries)
        writer.gauge("ocm_cache_memory_bytes", "Memory that the cache takes.", statistics.memoryUsageBytes)
        writer.gauge("ocm_cache_memory_limit_bytes", "Memory that the cache may take.", statistics.memoryLimitBytes)
        writer.gauge("ocm_cache_plain_bytes", "Bytes of the replies that are not compressed.", store.plainBytes)
        writer.gauge("ocm_cache_compressed_entries", "Replies that are compressed.", store.compressedEntries)
        writer.gauge("ocm_cache_compressed_bytes", "Bytes that compressed replies take.", store.compressedBytes)
        writer.gauge(
            "ocm_cache_compression_saved_bytes",
            "Bytes that compressed replies would take in addition if they were not compressed.",
            store.savedBytes
        )
    }

    /// The embedded store, when there is no Redis.
    func writeStore(_ statistics: EmbeddedStoreStatistics, _ writer: inout MetricsWriter) {
        writer.counter("ocm_store_hits", "Reads that found their key in the embedded store.", statistics.hits)
        writer.counter(
            "ocm_store_misses",
            "Reads that did not find their key in the embedded store.",
            statistics.misses
        )
        writer.gauge("ocm_store_keys", "Keys in the embedded store.", statistics.keys)
        writer.counter("ocm_store_evictions", "Keys evicted to make room.", statistics.evictedKeys)
        writer.counter("ocm_store_expiries", "Keys removed because their time was over.", statistics.expiredKeys)
        writer.gauge("ocm_store_memory_bytes", "Memory that the embedded store takes.", statistics.usedMemory)
        writer.gauge("ocm_store_memory_limit_bytes", "Memory that the embedded store may take.", statistics.memoryLimit)
    }

    private static func samples<Kind: Reason>(_ counts: [Kind: Int]) -> [MetricSample] {
        Kind.allCases.map { MetricSample(counts[$0] ?? 0, ("reason", $0.name)) }
    }
}

extension CacheState {
    /// A sample for each state with a Redis behind: 1 for this one, 0 for the others.
    fileprivate var samples: [MetricSample] {
        ["on", "off", "waiting_for_feed", "tracking_refused", "untracked"].map {
            MetricSample($0 == name ? 1 : 0, ("state", $0))
        }
    }

    private var name: String {
        switch self {
        case .embedded, .off: "off"
        case .waitingForFeed: "waiting_for_feed"
        case .trackingRefused: "tracking_refused"
        case .untracked: "untracked"
        case .on: "on"
        }
    }
}
