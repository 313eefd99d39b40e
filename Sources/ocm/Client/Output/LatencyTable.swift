import CacheClient

/// How long commands took, in milliseconds.
struct LatencyTable {
    let lines: [String]

    init(_ latency: LatencyStatistics) {
        var table = TextTable(header: ["Latency (ms)", "count", "mean", "p50", "p90", "p99", "p99.9", "max"])
        table.add(Self.row("cached", latency.cached))
        table.add(Self.row("uncached", latency.uncached))
        lines = table.lines()
    }

    private static func row(_ label: String, _ times: LatencyStatistics.Distribution) -> [String] {
        [label, Quantity.count(times.count)]
            + [times.mean, times.p50, times.p90, times.p99, times.p999, times.max].map {
                times.count == 0 ? "-" : Quantity.milliseconds($0)
            }
    }
}
