import CacheClient

/// Something that only grows while the server runs.
struct StatisticsCounter: Sendable {
    let label: String
    /// Whether it means anything only with a Redis.
    var isOfUpstream = false
    /// The count; nil if the server doesn't tell.
    let value: @Sendable (ServerStatistics) -> Int?

    static let ofCommands = [
        StatisticsCounter(label: "hits") { $0.requests?.hits },
        StatisticsCounter(label: "negative hits") { $0.requests?.negativeHits },
        StatisticsCounter(label: "misses", isOfUpstream: true) { $0.requests.map { $0.misses + $0.coalesced } },
        StatisticsCounter(label: "bypassed", isOfUpstream: true) { $0.requests?.bypassed },
        StatisticsCounter(label: "forwarded", isOfUpstream: true) { $0.requests.map { $0.forwarded + $0.pinned } },
        StatisticsCounter(label: "answered locally") { $0.requests?.local },
        StatisticsCounter(label: "evictions", isOfUpstream: true) { $0.cache?.evictions },
        StatisticsCounter(label: "invalidations", isOfUpstream: true) { $0.cache?.invalidations },
    ]

    static let ofBytes = [
        StatisticsCounter(label: "bytes in") { $0.network.map { $0.redisBytesIn + $0.restBytesIn } },
        StatisticsCounter(label: "bytes out") { $0.network.map { $0.redisBytesOut + $0.restBytesOut } },
    ]
}
