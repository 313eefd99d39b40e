import CacheClient

/// Who the server is and how it is connected, in two lines.
struct StatisticsSummary {
    let lines: [String]

    init(_ statistics: ServerStatistics, url: String) {
        var server = ["ocm \(statistics.version) at \(url)"]
        if let uptime = statistics.uptimeSeconds { server.append("up \(Quantity.duration(seconds: uptime))") }
        if let threads = statistics.threads { server.append(threads == 1 ? "1 thread" : "\(threads) threads") }
        let details = [Self.upstream(statistics), statistics.redisEnabled ? Self.cache(statistics) : nil]
        lines = [server.joined(separator: ", "), details.compactMap { $0 }.joined(separator: "; ")]
    }

    private static func upstream(_ statistics: ServerStatistics) -> String {
        guard statistics.redisEnabled else { return "serving from memory" }
        guard let upstream = statistics.upstream else { return "before Redis" }
        return "before Redis at \(upstream.url): \(upstream.state)" + (upstream.error.map { ", \($0)" } ?? "")
    }

    private static func cache(_ statistics: ServerStatistics) -> String? {
        statistics.cache.map { "local cache: \($0.state)" }
    }
}
