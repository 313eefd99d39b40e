import CacheClient

/// What `ocm top` shows at one moment.
struct TopFrame {
    /// A line, and whether it stands out.
    struct Line: Equatable {
        var text: String
        var isBold = false
    }

    /// The least height at which the top keys are shown.
    private static let fewestKeys = 3
    private static let barWidth = 20

    let lines: [Line]

    /// - Parameters:
    ///   - previous: what the server said before, to tell what has happened since.
    ///   - problem: why there is nothing newer than `current`.
    ///   - rows: how many lines there may be.
    init(_ current: ServerStatistics, since previous: ServerStatistics?, url: String, problem: String?, rows: Int) {
        let rates = StatisticsRates(current, since: previous)
        let summary = StatisticsSummary(current, url: url).lines
        var lines = [Line(text: summary[0], isBold: true)] + summary.dropFirst().map { Line(text: $0) }
        if let problem { lines.append(Line(text: problem, isBold: true)) }
        lines += [Line(text: "")] + Self.gauges(current, rates)
        lines += [Line(text: "")] + Self.table(Self.counters(current, rates))
        if let latency = current.latencyMs {
            lines += [Line(text: "")] + Self.table(LatencyTable(latency).lines)
        }
        let room = rows - lines.count - 2
        if let keys = current.topKeys, !keys.isEmpty, room >= Self.fewestKeys {
            lines += [Line(text: "")] + Self.table(Self.keys(keys.prefix(room)))
        }
        self.lines = Array(lines.prefix(max(0, rows)))
    }

    private static func table(_ lines: [String]) -> [Line] {
        lines.enumerated().map { Line(text: $1, isBold: $0 == 0) }
    }

    private static func gauges(_ current: ServerStatistics, _ rates: StatisticsRates) -> [Line] {
        let lately = rates.hitRate.map { ", now \(Quantity.percent($0)) %" } ?? ""
        let usage = Double(current.memoryUsageBytes) / Double(max(current.memoryLimitBytes, 1))
        let entries = current.cache.flatMap { $0.enabled ? ", \(Quantity.count($0.entries)) entries" : nil } ?? ""
        return [
            Line(text: "hit rate  \(bar(current.hitRate))\(percent(current.hitRate))\(lately)"),
            Line(
                text: "memory    \(bar(usage))\(percent(usage)), \(Quantity.size(current.memoryUsageBytes)) of "
                    + Quantity.size(current.memoryLimitBytes) + entries
            ),
        ]
    }

    private static func bar(_ fraction: Double) -> String {
        let filled = Int((min(max(fraction, 0), 1) * Double(barWidth)).rounded())
        return String(repeating: "█", count: filled) + String(repeating: "░", count: barWidth - filled)
    }

    private static func percent(_ fraction: Double) -> String {
        let text = Quantity.percent(fraction)
        return String(repeating: " ", count: max(0, 7 - text.count)) + text + " %"
    }

    private static func counters(_ current: ServerStatistics, _ rates: StatisticsRates) -> [String] {
        var table = TextTable(header: ["Requests", "per second", "total"])
        for counter in StatisticsCounter.ofCommands {
            guard let count = counter.value(current), current.redisEnabled || !counter.isOfUpstream else { continue }
            let rate = rates.perSecond(counter).map { Quantity.count(Int($0.rounded())) }
            table.add([counter.label, rate ?? "-", Quantity.count(count)])
        }
        for counter in StatisticsCounter.ofBytes {
            guard let count = counter.value(current) else { continue }
            let rate = rates.perSecond(counter).map { Quantity.size(Int($0.rounded())) }
            table.add([counter.label, rate ?? "-", Quantity.size(count)])
        }
        if let clients = current.clients { table.add(["clients", "", Quantity.count(clients.redis + clients.rest)]) }
        return table.lines(firstColumn: 24, otherColumns: 11)
    }

    private static func keys(_ keys: some Sequence<TopKey>) -> [String] {
        var table = TextTable(header: ["Top keys", "total"])
        for key in keys {
            table.add([TerminalText.fitted(TerminalText.line(key.key.bytes), 50), Quantity.estimate(key.count)])
        }
        return table.lines(firstColumn: 24, otherColumns: 11)
    }
}
