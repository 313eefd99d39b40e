import LocalCache
import Stats
import Testing

@testable import CommandDispatch

@Suite("The cache's statistics")
struct CacheStatisticsTests {
    @Test("are the sum over the loops")
    func sum() {
        let counters = [CacheCounters(), CacheCounters()]
        let loops = counters.map { LoopStatistics(counters: LoopCounters(commands: 1), cache: $0, topKeys: nil) }
        for (index, loop) in counters.enumerated() {
            loop.hits.add(10)
            loop.negativeHits.add(index)
            loop.misses.add(2)
            loop.coalesced.add(3)
            loop.bypasses.add(.pinned)
            loop.fills.add(4)
            loop.refusedFills.add(.leaseLost, index + 1)
            loop.invalidations.add(5)
            loop.waits.add(6)
            loops[index].counters.cachedTimes.record(nanoseconds: 500_000, count: 10)
            loops[index].counters.uncachedTimes.record(nanoseconds: index == 0 ? 10_000_000 : 20_000_000)
        }
        counters[1].flushes.add(.feedLost)
        var store = EntryStoreStatistics()
        store.entries = 7
        let statistics = CacheStatistics(loops, store, memoryLimit: 1)
        #expect(statistics.hits == 20)
        #expect(statistics.negativeHits == 1)
        #expect(statistics.misses == 4)
        #expect(statistics.coalesced == 6)
        #expect(statistics.bypasses[.pinned] == 2)
        #expect(statistics.bypasses.count == BypassReason.allCases.count)
        #expect(statistics.fills == 8)
        #expect(statistics.refusedFills[.leaseLost] == 3)
        #expect(statistics.invalidations == 10)
        #expect(statistics.flushes[.feedLost] == 1)
        #expect(statistics.flushes[.acl] == 0)
        #expect(statistics.waits == 12)
        #expect(statistics.store.entries == 7)
        #expect(statistics.cachedTimes.count == 20)
        #expect(statistics.averageCachedMilliseconds == 0.5)
        #expect(statistics.averageUncachedMilliseconds == 15)
    }

    @Test("give the figures of the REST API's example")
    func example() {
        let loop = CacheCounters()
        loop.hits.add(100)
        loop.negativeHits.add(50)
        loop.misses.add(40)
        loop.coalesced.add(10)
        var store = EntryStoreStatistics()
        store.bytesUsed = 1_048_576
        let loops = [LoopStatistics(counters: LoopCounters(commands: 1), cache: loop, topKeys: nil)]
        let statistics = CacheStatistics(loops, store, memoryLimit: 104_857_600)
        #expect(statistics.hitRate == 0.75)
        #expect(statistics.memoryUsageBytes == 1_048_576)
        #expect(statistics.memoryUsageMB == 1)
        #expect(statistics.memoryLimitBytes == 104_857_600)
        #expect(statistics.memoryLimitMB == 100)
        #expect(statistics.memoryUsagePercent == 1)
    }

    @Test("are zeros when nothing has happened")
    func nothing() {
        let statistics = CacheStatistics([], EntryStoreStatistics(), memoryLimit: 0)
        #expect(statistics.hitRate == 0)
        #expect(statistics.memoryUsagePercent == 0)
        #expect(statistics.averageCachedMilliseconds == 0)
        #expect(statistics.averageUncachedMilliseconds == 0)
        #expect(statistics.flushes == Dictionary(uniqueKeysWithValues: FlushReason.allCases.map { ($0, 0) }))
    }
}
