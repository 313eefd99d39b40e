import LocalCache
import Stats

extension CacheStatistics {
    /// The figures by name, in the order in which `CACHE STATS` and `INFO` show them.
    var fields: [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = [
            ("hits", "\(hits)"),
            ("negative_hits", "\(negativeHits)"),
            ("misses", "\(misses)"),
            ("coalesced", "\(coalesced)"),
            ("hit_rate", Self.text(hitRate, digits: 4)),
            ("waits", "\(waits)"),
            ("fills", "\(fills)"),
            ("invalidations", "\(invalidations)"),
            ("entries", "\(store.entries)"),
            ("evictions", "\(store.evictions)"),
            ("expiries", "\(store.expiries)"),
            ("memory_used", "\(memoryUsageBytes)"),
            ("memory_limit", "\(memoryLimitBytes)"),
            ("memory_used_percent", Self.text(memoryUsagePercent, digits: 1)),
            ("plain_bytes", "\(store.plainBytes)"),
            ("compressed_entries", "\(store.compressedEntries)"),
            ("compressed_bytes", "\(store.compressedBytes)"),
            ("compression_saved_bytes", "\(store.savedBytes)"),
        ]
        fields += Self.byReason("bypassed", bypasses)
        fields += Self.byReason("refused_fills", refusedFills)
        fields += Self.byReason("flushes", flushes)
        fields += Self.latencies("hit_latency", cachedTimes)
        return fields + forwardedLatency
    }

    /// Those of them that there are without a cache.
    var forwardedLatency: [(name: String, value: String)] { Self.latencies("forwarded_latency", uncachedTimes) }

    private static func byReason<Kind: Reason>(_ name: String, _ counts: [Kind: Int]) -> [(String, String)] {
        Kind.allCases.map { ("\(name)_\($0.name)", "\(counts[$0] ?? 0)") }
    }

    private static func latencies(_ name: String, _ times: LatencySnapshot) -> [(name: String, value: String)] {
        let percentiles = [("p50", 0.5), ("p99", 0.99), ("p999", 0.999)].map { label, fraction in
            ("\(name)_\(label)_usec", text(Double(times.percentile(fraction)) / 1000, digits: 1))
        }
        return [("\(name)_mean_usec", text(times.mean / 1000, digits: 1))] + percentiles
    }

    private static func text(_ value: Double, digits: Int) -> String {
        let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
        let (whole, rest) = Int((value * Double(scale)).rounded()).quotientAndRemainder(dividingBy: scale)
        return "\(whole)." + "\(rest + scale)".dropFirst()
    }
}
