import CommandDispatch
import LocalCache
import NIOCore
import Stats
import Upstream

/// The statistics as the API shows them.
struct StatsDocument {
    private static let topKeys = 20
    private static let mostTopKeys = 1000

    private let dispatcher: Dispatcher
    private let server: ServerContext
    private let statistics: CacheStatistics
    private let prefix: [UInt8]

    init(_ loop: RESTLoop) {
        dispatcher = loop.dispatcher
        server = dispatcher.server
        statistics = server.cacheStatistics
        prefix = loop.configuration.keyPrefix
    }

    /// Writes the document's members.
    ///
    /// - Parameter info: what Redis says of itself; nil if it says nothing.
    func write(to object: inout JSONObjectWriter, _ info: RedisInfo?) {
        writeSummary(to: &object)
        if let info { object.object("redis") { info.write(to: &$0) } }
        object.member("uptime_seconds", Double((NIODeadline.now() - server.started).nanoseconds) / 1e9)
        object.member("threads", server.threads)
        object.member("mode", dispatcher.upstream == nil ? "embedded" : "proxy")
        object.object("requests", writeRequests)
        object.object("cache", writeCache)
        object.object("compression", writeCompression)
        object.object("clients", writeClients)
        object.object("network", writeNetwork)
        object.object("rest") { $0.member("requests", server.total { $0.http.current.reduce(0) { $0 + $1.count } }) }
        if let upstream = dispatcher.upstream { object.object("upstream") { write(upstream, to: &$0) } }
        object.object("latency_ms") { object in
            object.object("cached") { Self.write(statistics.cachedTimes, to: &$0) }
            object.object("uncached") { Self.write(statistics.uncachedTimes, to: &$0) }
        }
        object.object("commands") { object in
            for (name, count) in server.commandCounts where count > 0 { object.member(name, count) }
        }
        object.member("top_keys") { $0.writeJSONArray(topKeys, write) }
    }

    private func writeSummary(to object: inout JSONObjectWriter) {
        object.member("version", server.version)
        object.member("hit_rate", statistics.hitRate)
        object.member("memory_usage_bytes", statistics.memoryUsageBytes)
        object.member("memory_usage_mb", statistics.memoryUsageMB)
        object.member("memory_limit_bytes", statistics.memoryLimitBytes)
        object.member("memory_limit_mb", statistics.memoryLimitMB)
        object.member("memory_usage_percent", statistics.memoryUsagePercent)
        object.member("avg_cached_time_ms", statistics.averageCachedMilliseconds)
        object.member("avg_uncached_time_ms", statistics.averageUncachedMilliseconds)
        object.member("redis_enabled", dispatcher.upstream != nil)
    }

    private func writeRequests(to object: inout JSONObjectWriter) {
        object.member("hits", statistics.hits)
        object.member("negative_hits", statistics.negativeHits)
        object.member("misses", statistics.misses)
        object.member("coalesced", statistics.coalesced)
        object.member("bypassed", statistics.bypasses.values.reduce(0, +))
        object.member("forwarded", server.total { $0.forwardedCommands.current })
        object.member("pinned", server.total { $0.pinnedCommands.current })
        object.member("local", server.total { $0.localCommands.current })
        object.member("retries", server.total { $0.retries.current })
    }

    private func writeCache(to object: inout JSONObjectWriter) {
        let state = dispatcher.cacheState
        object.member("enabled", state != .off && state != .embedded)
        object.member("state", state.text)
        if let reason = state.reason { object.member("reason", reason) }
        object.member("entries", statistics.store.entries)
        object.member("evictions", statistics.store.evictions)
        object.member("expiries", statistics.store.expiries)
        object.member("fills", statistics.fills)
        object.member("invalidations", statistics.invalidations)
        object.member("flushes", statistics.flushes.values.reduce(0, +))
        object.member("waits", statistics.waits)
    }

    private func writeCompression(to object: inout JSONObjectWriter) {
        object.member("enabled", server.compresses)
        object.member("entries", statistics.store.compressedEntries)
        object.member("bytes", statistics.store.compressedBytes)
        object.member("saved_bytes", statistics.store.savedBytes)
    }

    private func writeClients(to object: inout JSONObjectWriter) {
        object.member("redis", server.total { $0.clients.current })
        object.member("rest", server.total { $0.restClients.current })
        object.member("rejected", server.total { $0.rejectedConnections.current })
    }

    private func writeNetwork(to object: inout JSONObjectWriter) {
        object.member("redis_bytes_in", server.total { $0.bytesIn.current })
        object.member("redis_bytes_out", server.total { $0.bytesOut.current })
        object.member("rest_bytes_in", server.total { $0.restBytesIn.current })
        object.member("rest_bytes_out", server.total { $0.restBytesOut.current })
    }

    private func write(_ upstream: RedisUpstream, to object: inout JSONObjectWriter) {
        object.member("url", upstream.configuration.url.redacted)
        switch upstream.observedStatus {
        case .connecting: object.member("state", "connecting")
        case .up: object.member("state", "up")
        case .down(let failure):
            object.member("state", "down")
            object.member("error", failure.event)
        }
    }

    private static func write(_ times: LatencySnapshot, to object: inout JSONObjectWriter) {
        object.member("count", times.count)
        object.member("mean", times.mean / 1e6)
        for (name, fraction) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p999", 0.999)] {
            object.member(name, Double(times.percentile(fraction)) / 1e6)
        }
        object.member("max", Double(times.maximum) / 1e6)
    }

    /// The keys asked for most, of those that REST clients may see, as they call them.
    private var topKeys: [TopKey] {
        server.topKeys(limit: prefix.isEmpty ? Self.topKeys : Self.mostTopKeys).filter { $0.key.starts(with: prefix) }
            .prefix(Self.topKeys).map { $0 }
    }

    private func write(_ buffer: inout ByteBuffer, _ key: TopKey) {
        var object = JSONObjectWriter()
        var isEncoded = false
        object.member("key") { buffer in
            key.key.withUnsafeBytes { bytes in
                isEncoded = buffer.writeStoredString(UnsafeRawBufferPointer(rebasing: bytes[prefix.count...]))
            }
        }
        if isEncoded { object.member("encoding", "base64") }
        object.member("count", key.count)
        buffer.writeImmutableBuffer(object.end())
    }
}
