import TestSupport
import Testing

@testable import LocalCache

@Suite("What is evicted")
struct EvictionTests {
    typealias Question = StoreTester.Question

    /// A store of which each entry weighs what its reply says.
    private func weighing(_ capacity: Int) -> StoreTester {
        StoreTester(limit: capacity, weigher: { Int($0.reply[0]) })
    }

    private func request(_ tester: StoreTester, _ key: Int, weight: UInt8 = 1) -> Bool {
        if tester.find(Question("\(key)")) != nil { return true }
        tester.insert(Question("\(key)"), [weight])
        return false
    }

    /// Enough that what came before isn't young any more.
    private func age(_ tester: StoreTester) {
        for key in 900_000..<900_000 + tester.store.limit / 10 { _ = request(tester, key) }
    }

    /// Asks for each of `keys`, and again when none is young any more.
    private func askTwice(_ tester: StoreTester, _ keys: Range<Int>) {
        for key in keys { _ = request(tester, key) }
        age(tester)
        for key in keys { _ = request(tester, key) }
    }

    @Test("what is asked for again survives a scan")
    func scan() {
        let tester = weighing(100)
        askTwice(tester, 0..<50)
        for key in 1000..<2000 { _ = request(tester, key) }
        #expect((0..<50).count { tester.find(Question("\($0)")) != nil } == 50)
    }

    @Test("what is large survives a scan of what is small, if it is asked for often")
    func smallScan() {
        let tester = weighing(2000)
        for _ in 0..<4 {
            for key in 0..<50 { _ = request(tester, key, weight: 20) }
            age(tester)
        }
        for key in 1000..<6000 {
            _ = request(tester, key)
            _ = request(tester, key % 50)
        }
        #expect((0..<50).count { tester.find(Question("\($0)")) != nil } >= 48)
    }

    @Test("what is asked for in bursts, and then never more, pushes nothing out")
    func burst() {
        let tester = weighing(1000)
        askTwice(tester, 0..<500)
        for key in 1000..<4000 { for _ in 0..<4 { _ = request(tester, key) } }
        #expect((0..<500).count { tester.find(Question("\($0)")) != nil } > 490)
    }

    @Test("what is hit again and again is kept, though nothing comes in")
    func idle() {
        let tester = weighing(1000)
        for key in 0..<500 { _ = request(tester, key) }
        for _ in 0..<100 { for key in 0..<500 { _ = request(tester, key) } }
        for key in 1000..<6000 { _ = request(tester, key) }
        #expect((0..<500).count { tester.find(Question("\($0)")) != nil } > 490)
    }

    @Test("what comes in bursts is kept where it comes again")
    func sessions() {
        let tester = weighing(1000)
        var hits = 0
        for step in 0..<20_000 {
            // Each is read twice at once, and once more when a third of a cache has come after it.
            for key in [step, step, max(0, step - 300)] where request(tester, key) && step >= 5000 { hits += 1 }
        }
        #expect(Double(hits) > 15_000 * 1.8)
    }

    @Test("on a loop, most of what fits is found, however long it is", arguments: [1250, 2000, 4000])
    func loop(length: Int) {
        let tester = weighing(1000)
        var hits = 0
        for round in 0..<40 {
            for key in 0..<length where request(tester, key) && round >= 20 { hits += 1 }
        }
        let most = 20 * 1000
        #expect(Double(hits) > Double(most) * 0.5)
    }

    @Test("what comes again soon after it was evicted stays longer")
    func ghosts() {
        let tester = weighing(100)
        _ = request(tester, 1)
        for key in 1000..<1120 { _ = request(tester, key) }
        #expect(tester.find(Question("1")) == nil)
        _ = request(tester, 1)
        for key in 2000..<2500 { _ = request(tester, key) }
        #expect(tester.find(Question("1")) != nil)
    }

    @Test("of what was hit alike, small entries stay and most large ones don't")
    func large() {
        let tester = weighing(2000)
        let small = 0..<500
        let large = 500..<540
        for key in small { _ = request(tester, key) }
        for key in large { _ = request(tester, key, weight: 20) }
        age(tester)
        for key in 0..<540 { _ = request(tester, key) }
        for key in 1000..<6000 { _ = request(tester, key) }
        #expect(small.count { tester.find(Question("\($0)")) != nil } > 490)
        #expect(large.count { tester.find(Question("\($0)")) != nil } < 20)
    }

    @Test("the weight never exceeds the limit, and what weighs more isn't kept")
    func weights() {
        var random = SplitMix64(seed: 3)
        let tester = weighing(200)
        for _ in 0..<20_000 {
            _ = request(
                tester,
                Int.random(in: 0..<500, using: &random),
                weight: UInt8.random(in: 0...255, using: &random)
            )
            #expect(tester.store.weight <= 200)
        }
        #expect(!tester.insert(Question("large"), [201]))
        #expect(tester.insert(Question("full"), [200]))
        #expect(tester.find(Question("full")) != nil)
    }

    @Test("more is found than LRU would find when most keys are asked for once")
    func beatsLRU() {
        var random = SplitMix64(seed: 5)
        let capacity = 200
        let tester = weighing(capacity)
        var recency: [Int: Int] = [:]
        var hits = 0
        var leastRecentHits = 0
        for time in 0..<30_000 {
            let key = random.once(in: 2) ? 100_000 + time : Int.random(in: 0..<300, using: &random)
            if request(tester, key) { hits += 1 }
            if recency.updateValue(time, forKey: key) != nil { leastRecentHits += 1 }
            if recency.count > capacity, let oldest = recency.min(by: { $0.value < $1.value }) {
                recency[oldest.key] = nil
            }
        }
        #expect(Double(hits) > Double(leastRecentHits) * 1.2)
    }

    @Test("holes are closed before anything is evicted")
    func holes() {
        let tester = StoreTester(limit: 1 << 20)
        var keys = 0
        while tester.store.statistics.evictions == 0 {
            tester.insert(Question("\(keys)"), StoreTester.reply(100, 1))
            keys += 1
        }
        for key in stride(from: 0, to: keys, by: 2) { _ = tester.remove(Question("\(key)")) }
        let evictions = tester.store.statistics.evictions
        let half = tester.entries
        for key in 0..<(half / 2) {
            tester.insert(Question("new\(key)"), StoreTester.reply(100, 1))
            #expect(tester.bytesUsed <= 1 << 20)
        }
        // Only the chunk that was being evicted is finished.
        let evicted = tester.store.statistics.evictions - evictions
        #expect(evicted * 136 <= tester.store.pool.chunkSize)
        #expect(tester.entries == half + half / 2 - evicted)
    }
}
