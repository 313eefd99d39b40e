import CacheClient
import Foundation
import Testing

@testable import ocm

@Suite("Statistics for people")
struct StatisticsTests {
    /// What a server says after `seconds`, in which it had so many hits and misses.
    private func statistics(seconds: Double, hits: Int, misses: Int) throws -> ServerStatistics {
        let times = #"{"count":2,"mean":0.5,"p50":0.1,"p90":0.2,"p99":0.3,"p999":0.4,"max":1234.5}"#
        let keys = (0..<20).map { #"{"key":"key:\#($0)\u001b[2J","count":\#(1000 - $0)}"# }.joined(separator: ",")
        let text = """
            {"version":"1.2.3","hit_rate":0.5,"memory_usage_bytes":1048576,"memory_limit_bytes":104857600,
            "avg_cached_time_ms":0.5,"avg_uncached_time_ms":15.0,"redis_enabled":true,"uptime_seconds":\(seconds),"threads":2,
            "requests":{"hits":\(hits),"negative_hits":0,"misses":\(misses),"coalesced":0,"bypassed":0,"forwarded":7,
            "pinned":0,"local":0,"retries":0},
            "cache":{"enabled":true,"state":"on","entries":1234,"evictions":0,"expiries":0,"fills":0,"invalidations":0,
            "flushes":0,"waits":0},
            "upstream":{"url":"redis.example:6379","state":"down","error":"refused"},
            "latency_ms":{"cached":\(times),"uncached":\(times)},"commands":{"get":1500,"set":12},"top_keys":[\(keys)]}
            """
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(ServerStatistics.self, from: Data(text.utf8))
    }

    @Test("the report has what the server tells, with units")
    func report() throws {
        let text = StatisticsReport(try statistics(seconds: 3700, hits: 10, misses: 2), url: "http://h").text
        for line in [
            "ocm 1.2.3 at http://h, up 1h 1m, 2 threads",
            "before Redis at redis.example:6379: down, refused; local cache: on",
            "  hit rate                          50.0 %", "  hits                                10",
            "  used                               1.0 MiB", "  entries                          1,234",
            "Latency (ms)  count   mean    p50    p90    p99  p99.9    max",
            "  cached          2  0.500  0.100  0.200  0.300  0.400  1,235",
            "  get                              1,500", "  key:0\\x1b[2J            ≈1,000",
        ] {
            #expect(text.split(separator: "\n").contains(Substring(line)), "\(line) in\n\(text)")
        }
        #expect(!text.contains("\u{1B}"))
    }

    @Test("rates are what has grown in between, by the server's clock")
    func rates() throws {
        let before = try statistics(seconds: 10, hits: 100, misses: 100)
        let rates = StatisticsRates(try statistics(seconds: 12, hits: 400, misses: 200), since: before)
        #expect(StatisticsCounter.ofCommands.prefix(3).map { rates.perSecond($0) } == [150, 0, 50])
        #expect(rates.hitRate == 0.75)
        #expect(StatisticsRates(before, since: nil).hitRate == nil)
        #expect(StatisticsRates(before, since: before).perSecond(StatisticsCounter.ofCommands[0]) == nil)
    }

    @Test("a server that was started anew has no rates, nor has one without reads a hit rate")
    func restarted() throws {
        let before = try statistics(seconds: 10, hits: 100, misses: 100)
        let restarted = StatisticsRates(try statistics(seconds: 1, hits: 200, misses: 200), since: before)
        #expect(restarted.perSecond(StatisticsCounter.ofCommands[0]) == nil && restarted.hitRate == nil)
        let idle = StatisticsRates(try statistics(seconds: 11, hits: 100, misses: 100), since: before)
        #expect(idle.perSecond(StatisticsCounter.ofCommands[0]) == 0 && idle.hitRate == nil)
    }

    @Test("a frame fits, whatever the height", arguments: [-2, 0, 1, 5, 20, 24, 30, 60])
    func frame(rows: Int) throws {
        let before = try statistics(seconds: 10, hits: 100, misses: 100)
        let now = try statistics(seconds: 11, hits: 1334, misses: 100)
        let lines = TopFrame(now, since: before, url: "http://h", problem: "it is away", rows: rows).lines
        #expect(lines.count <= max(0, rows))
        guard rows >= 24 else { return }
        let texts = lines.map(\.text)
        #expect(texts.contains("  hits                          1,234        1,334"), "\(texts)")
        #expect(texts.contains("hit rate  ██████████░░░░░░░░░░   50.0 %, now 100.0 %"), "\(texts)")
        #expect(lines.contains(TopFrame.Line(text: "it is away", isBold: true)))
        #expect(texts.contains { $0.hasPrefix("  key:0") } == (rows >= 30))
        #expect(lines.allSatisfy { TerminalText.width($0.text) <= 80 })
    }
}
