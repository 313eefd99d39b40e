import CacheClient

/// Statistics as people read them: all that a server tells, in groups.
struct StatisticsReport {
    /// Where values stand: they end in this column, and units begin behind it.
    private static let width = 40

    private let statistics: ServerStatistics
    private let url: String

    init(_ statistics: ServerStatistics, url: String) {
        self.statistics = statistics
        self.url = url
    }

    /// The report, with a newline at its end.
    var text: String {
        let groups = [
            StatisticsSummary(statistics, url: url).lines, requests, memory, cache, latencies, redis, clients, commands,
            keys,
        ]
        return groups.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    private var requests: [String] {
        var lines = ["Requests", row("hit rate", Quantity.percent(statistics.hitRate), "%")]
        if let requests = statistics.requests {
            lines += [
                row("hits", requests.hits), row("negative hits", requests.negativeHits),
                row("misses", requests.misses), row("coalesced misses", requests.coalesced),
                row("bypassed", requests.bypassed), row("forwarded", requests.forwarded),
                row("pinned", requests.pinned), row("answered locally", requests.local),
                row("retries", requests.retries),
            ]
        }
        return lines
    }

    private var memory: [String] {
        let usage = Double(statistics.memoryUsageBytes) / Double(max(statistics.memoryLimitBytes, 1))
        var lines = [
            "Memory", size("used", statistics.memoryUsageBytes), size("limit", statistics.memoryLimitBytes),
            row("usage", Quantity.percent(usage), "%"),
        ]
        if let compression = statistics.compression, compression.enabled {
            lines += [
                row("compressed entries", compression.entries), size("compressed size", compression.bytes),
                size("saved by compression", compression.savedBytes),
            ]
        }
        return lines
    }

    private var cache: [String] {
        guard let cache = statistics.cache, cache.enabled else { return [] }
        return [
            "Local cache", row("state", cache.state), row("entries", cache.entries), row("fills", cache.fills),
            row("evictions", cache.evictions), row("expiries", cache.expiries),
            row("invalidations", cache.invalidations), row("flushes", cache.flushes), row("waits", cache.waits),
        ]
    }

    private var latencies: [String] {
        guard let latency = statistics.latencyMs else {
            return [
                "Average latency", row("cached", Quantity.milliseconds(statistics.avgCachedTimeMs), "ms"),
                row("uncached", Quantity.milliseconds(statistics.avgUncachedTimeMs), "ms"),
            ]
        }
        return LatencyTable(latency).lines
    }

    private var redis: [String] {
        guard let redis = statistics.redis else { return [] }
        return [
            "Redis", size("used memory", redis.usedMemory), size("peak memory", redis.usedMemoryPeak),
            row("fragmentation ratio", Quantity.decimal(redis.memFragmentationRatio, digits: 2)),
            row("clients", redis.connectedClients), row("keyspace hits", redis.keyspaceHits),
            row("keyspace misses", redis.keyspaceMisses), row("commands processed", redis.totalCommandsProcessed),
        ]
    }

    private var clients: [String] {
        guard let clients = statistics.clients else { return [] }
        var lines = [
            "Clients", row("Redis clients", clients.redis), row("HTTP clients", clients.rest),
            row("rejected", clients.rejected),
        ]
        if let network = statistics.network {
            lines += [
                size("Redis protocol in", network.redisBytesIn), size("Redis protocol out", network.redisBytesOut),
                size("HTTP in", network.restBytesIn), size("HTTP out", network.restBytesOut),
            ]
        }
        return lines
    }

    private var commands: [String] {
        let commands = (statistics.commands ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return commands.isEmpty ? [] : ["Commands"] + commands.prefix(20).map { row($0.key, $0.value) }
    }

    private var keys: [String] {
        guard let keys = statistics.topKeys, !keys.isEmpty else { return [] }
        var table = TextTable(header: ["Top keys"])
        for key in keys { table.add([TerminalText.line(key.key.bytes), Quantity.estimate(key.count)]) }
        return table.lines(firstColumn: 24)
    }

    private func row(_ label: String, _ count: Int) -> String { row(label, Quantity.count(count)) }

    private func size(_ label: String, _ bytes: Int) -> String {
        let (text, unit) = Quantity.bytes(bytes)
        return row(label, text, unit)
    }

    private func row(_ label: String, _ value: String, _ unit: String = "") -> String {
        let line = TerminalText.padded("  " + TerminalText.line(Array(label.utf8)), Self.width - value.count) + value
        return unit.isEmpty ? line : "\(line) \(unit)"
    }
}
