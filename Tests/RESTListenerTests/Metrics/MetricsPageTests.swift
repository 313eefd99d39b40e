import Foundation
import NIOCore
import RESP
import Stats
import Testing
import Upstream

@testable import CommandDispatch
@testable import RESTListener

@Suite("The page of metrics")
struct MetricsPageTests {
    private func proxy(_ state: CacheState = .on, isUp: Bool = true) -> (MetricsPage, [LoopStatistics]) {
        let server = ServerContext(version: "1.2.3", requiredPassword: nil, store: nil, threads: 2)
        let loops = (0..<2).map { _ in
            LoopStatistics(
                counters: LoopCounters(commands: CommandTable.standard.count + 1),
                cache: CacheCounters(),
                topKeys: nil
            )
        }
        for loop in loops { server.register(loop) }
        let upstream = UpstreamState(address: "redis.example:6379", isUp: isUp, cache: state)
        return (MetricsPage(server: server, upstream: upstream, maxClients: 100), loops)
    }

    private func embedded() -> MetricsPage {
        let store = EmbeddedStore(memoryLimit: 1 << 20)
        let server = ServerContext(version: "1.2.3", requiredPassword: nil, store: store, threads: 1)
        return MetricsPage(server: server, upstream: nil, maxClients: 100)
    }

    private func samples(_ page: MetricsPage, _ format: MetricsFormat = .prometheus) throws -> [String: Double] {
        var buffer = ByteBuffer()
        page.write(into: &buffer, format: format)
        var samples: [String: Double] = [:]
        for line in String(buffer: buffer).split(separator: "\n") where !line.hasPrefix("#") {
            let space = try #require(line.lastIndex(of: " "))
            let value = try #require(Double(line[line.index(after: space)...]))
            #expect(samples.updateValue(value, forKey: String(line[..<space])) == nil, "\(line) is there twice")
        }
        return samples
    }

    @Test("figures are the sums over all loops")
    func sums() throws {
        let (page, loops) = proxy()
        for (number, loop) in loops.enumerated() {
            loop.counters.clients.add(3)
            loop.counters.restClients.add(number)
            loop.counters.bytesIn.add(10)
            loop.counters.restBytesOut.add(7)
            loop.counters.failedCommands.add(2)
            loop.counters.commands.add(5, slot: 0)
            loop.counters.cachedTimes.record(nanoseconds: 3000, count: 4)
            loop.counters.http.count(route: HTTPRoute.key.rawValue, verb: .put, status: 200)
            loop.counters.http.durations.record(nanoseconds: 1_000_000)
            loop.cache?.hits.add(8)
            loop.cache?.bypasses.add(.transaction, 9)
            loop.cache?.refusedFills.add(.tooLarge)
            loop.cache?.flushes.add(.acl)
        }
        let samples = try samples(page)
        #expect(samples["ocm_build_info{version=\"1.2.3\",mode=\"proxy\"}"] == 1)
        #expect(samples["ocm_upstream_info{address=\"redis.example:6379\"}"] == 1)
        #expect(samples["ocm_upstream_up"] == 1)
        #expect(samples["ocm_threads"] == 2)
        #expect(samples["ocm_max_clients"] == 100)
        #expect(samples["ocm_clients{listener=\"redis\"}"] == 6)
        #expect(samples["ocm_clients{listener=\"rest\"}"] == 1)
        #expect(samples["ocm_received_bytes_total{listener=\"redis\"}"] == 20)
        #expect(samples["ocm_sent_bytes_total{listener=\"rest\"}"] == 14)
        #expect(samples["ocm_commands_failed_total"] == 4)
        #expect(samples["ocm_commands_total{command=\"other\"}"] == 10)
        #expect(samples["ocm_cache_hits_total"] == 16)
        #expect(samples["ocm_cache_bypasses_total{reason=\"transaction\"}"] == 18)
        #expect(samples["ocm_cache_bypasses_total{reason=\"paused\"}"] == 0)
        #expect(samples["ocm_cache_refused_fills_total{reason=\"too_large\"}"] == 2)
        #expect(samples["ocm_cache_flushes_total{reason=\"acl\"}"] == 2)
        #expect(samples["ocm_command_duration_seconds_bucket{source=\"cache\",le=\"2e-06\"}"] == 0)
        #expect(samples["ocm_command_duration_seconds_bucket{source=\"cache\",le=\"5e-06\"}"] == 8)
        #expect(samples["ocm_command_duration_seconds_sum{source=\"cache\"}"] == 24e-6)
        #expect(samples["ocm_command_duration_seconds_count{source=\"upstream\"}"] == 0)
        #expect(samples["ocm_http_requests_total{route=\"key\",method=\"PUT\",code=\"2xx\"}"] == 2)
        #expect(samples["ocm_http_request_duration_seconds_count"] == 2)
        #expect(!samples.keys.contains { $0.hasPrefix("ocm_store_") })
    }

    @Test("commands are told by name, those never given aren't")
    func commands() throws {
        let (page, loops) = proxy()
        let get = try #require(CommandTable.standard.values.first { $0.name.text == "get" })
        loops[1].counters.commands.add(3, slot: Int(get.index))
        let commands = try samples(page).filter { $0.key.hasPrefix("ocm_commands_total") }
        #expect(commands == ["ocm_commands_total{command=\"get\"}": 3])
    }

    @Test(
        "the cache is in one state at a time",
        arguments: [
            (CacheState.on, "on"), (.off, "off"), (.waitingForFeed(nil), "waiting_for_feed"),
            (.trackingRefused(TrackingRefusal(of: "CLIENT TRACKING", because: "NOPERM")), "tracking_refused"),
            (.untracked, "untracked"),
        ]
    )
    func states(state: CacheState, name: String) throws {
        let states = try samples(proxy(state).0).filter { $0.key.hasPrefix("ocm_cache_state{") }
        #expect(states.count == 5)
        #expect(states.filter { $0.value == 1 }.keys.map { $0 } == ["ocm_cache_state{state=\"\(name)\"}"])
    }

    @Test("a Redis that is away shows")
    func down() throws { #expect(try samples(proxy(isUp: false).0)["ocm_upstream_up"] == 0) }

    @Test("without a Redis there is the store in place of the cache")
    func store() throws {
        let samples = try samples(embedded())
        #expect(samples["ocm_build_info{version=\"1.2.3\",mode=\"embedded\"}"] == 1)
        #expect(samples["ocm_store_keys"] == 0)
        #expect(samples["ocm_store_memory_limit_bytes"] == 1_048_576)
        #expect(samples["ocm_command_duration_seconds_count{source=\"store\"}"] == 0)
        #expect(!samples.keys.contains { $0.hasPrefix("ocm_cache_") || $0.hasPrefix("ocm_upstream_") })
    }

    @Test("both formats tell the same, and every sample's family is announced before it", arguments: [true, false])
    func formats(isProxy: Bool) throws {
        let page = isProxy ? proxy().0 : embedded()
        let names = try [MetricsFormat.prometheus, .openMetrics].map { Set(try samples(page, $0).keys) }
        #expect(names[0] == names[1] && !names[0].isEmpty)
        var buffer = ByteBuffer()
        page.write(into: &buffer, format: .openMetrics)
        let text = String(buffer: buffer)
        #expect(text.hasSuffix("\n# EOF\n"))
        var family = ""
        var families: Set<Substring> = []
        for line in text.dropLast("# EOF\n".count).split(separator: "\n") {
            if line.hasPrefix("# HELP ") {
                let name = line.split(separator: " ")[2]
                #expect(families.insert(name).inserted, "\(name) is there twice")
                #expect(line.hasSuffix(".") && !line.contains("\\"))
                family = String(name)
            } else {
                #expect(line.hasPrefix(line.hasPrefix("#") ? "# " : family))
            }
        }
    }

    #if os(Linux)
    @Test("the process's figures are those of this process")
    func process() throws {
        let samples = try samples(embedded())
        let figures = try #require(ProcessFigures())
        #expect(figures.residentMemoryBytes > 1 << 20 && figures.residentMemoryBytes < figures.virtualMemoryBytes)
        #expect(figures.openFiles >= 3 && figures.openFiles <= figures.mostOpenFiles)
        #expect(figures.threads >= 1 && figures.cpuSeconds >= 0)
        let now = Double(time(nil))
        #expect(figures.startTime > now - 86400 && figures.startTime <= now + 1)
        #expect(samples["process_start_time_seconds"] == figures.startTime)
        #expect(samples["process_max_fds"] == Double(figures.mostOpenFiles))
        let started = try #require(samples["ocm_start_time_seconds"])
        #expect(abs(started - now) < 3600)
    }
    #endif
}
