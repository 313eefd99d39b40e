import TestSupport
import Testing

@testable import LocalCache

@Suite("A store against a dictionary")
struct EntryStoreModelTests {
    typealias Question = StoreTester.Question

    private struct Kept {
        var reply: [UInt8]
        var deadline: Int64
        var source: UInt32
    }

    @Test(
        "whatever happens: what is found is what was stored last, the limit holds, and the books are right",
        arguments: [64 << 10, 256 << 10, 1 << 20, 4 << 20],
        [false, true]
    )
    func model(limit: Int, compressing: Bool) {
        var random = SplitMix64(seed: UInt64(limit) + (compressing ? 1 : 0))
        let tester = StoreTester(
            limit: limit,
            largestEntry: limit / 8,
            compressor: compressing ? RunLengthCompressor() : nil
        )
        var model: [Question: Kept] = [:]
        var closed: Set<UInt32> = []
        var source: UInt32 = 1
        var hits = 0
        for step in 0..<16_000 {
            // Phases of small replies and of mixed ones; of many keys and of few.
            let key = "key\(Int.random(in: 0..<(step / 2000 % 2 == 0 ? 3000 : 200), using: &random))"
            let question = Question(key, random.once(in: 3) ? "\(Int.random(in: 0..<4, using: &random))" : "")
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<45:
                let size =
                    step / 4000 % 2 == 0 ? 60 : random.pick([0, 10, 300, 3000, limit / 70, limit / 9, limit / 7])
                let value = UInt8.random(in: 0...255, using: &random)
                let reply = compressing ? [UInt8](repeating: value, count: size) : StoreTester.reply(size, value)
                let lifetime: Int64 = random.once(in: 4) ? 50 : 100_000
                let isStored = tester.insert(question, reply, lifetime: lifetime, source: source)
                #expect(isStored == (size <= limit / 8))
                model[question] = isStored ? Kept(reply: reply, deadline: tester.time + lifetime, source: source) : nil
            case 45..<90:
                let found = tester.find(question)
                let kept = model[question].flatMap {
                    $0.deadline > tester.time && !closed.contains($0.source) ? $0.reply : nil
                }
                if let found {
                    hits += 1
                    #expect(found == kept)
                }
            case 90..<97:
                for other in model.keys where other.key == question.key { model[other] = nil }
                let wasThere = tester.contains(question)
                #expect(tester.remove(question) > 0 || !wasThere)
                #expect(!tester.contains(question))
            case 97:
                tester.time += 20
            case 98:
                tester.store.sweep(now: tester.now, budget: 200)
            default:
                guard random.once(in: 20) else { continue }
                tester.store.closeSource(source)
                closed.insert(source)
                source += 1
            }
            if tester.bytesUsed > limit { Issue.record("\(tester.bytesUsed) bytes of \(limit) after step \(step)") }
        }
        #expect(hits > 500)
        check(tester)
        for question in model.keys { _ = tester.remove(question) }
        #expect(tester.entries == 0)
        #expect(tester.store.weight == 0 && tester.store.plainWeight == 0)
        let statistics = tester.store.statistics
        #expect(statistics.plainBytes == 0 && statistics.compressedEntries == 0)
        #expect(statistics.compressedBytes == 0 && statistics.savedBytes == 0)
    }

    /// What is counted is what is there.
    private func check(_ tester: StoreTester) {
        let store = tester.store
        var entries = 0
        var weight = 0
        var dead = 0
        for queue in [store.small, store.cold, store.main] {
            var chunk = queue.oldest
            while chunk != 0 {
                var offset: UInt32 = 0
                var live: UInt32 = 0
                while offset < store.pool[chunk].used {
                    let entry = store.pool.entry(in: chunk, at: offset)
                    offset += UInt32(entry.size)
                    if entry.isRemoved { continue }
                    live += UInt32(entry.size)
                    entries += 1
                    weight += entry.size
                }
                #expect(live == store.pool[chunk].live)
                #expect(live > 0 || chunk == queue.newest)
                dead += store.pool[chunk].dead
                chunk = store.pool[chunk].newer
            }
        }
        #expect(entries == store.statistics.entries)
        #expect(weight == store.weight)
        #expect(dead == store.dead)
    }

    @Test("less than the smallest limit takes nothing in", arguments: [0, 1, 1000, 65_535])
    func tinyLimits(limit: Int) {
        let tester = StoreTester(limit: limit)
        #expect(!tester.insert(Question("key"), [1]))
        #expect(tester.find(Question("key")) == nil && tester.peek(Question("key")) == nil)
        #expect(tester.remove(Question("key")) == 0 && !tester.contains(Question("key")))
        tester.store.closeSource(1)
        tester.sweep()
        #expect(tester.store.removeAll() == 0 && tester.bytesUsed == 0)
    }

    @Test("a store of 64 KB keeps hundreds of small replies", arguments: [64 << 10, 100 << 10])
    func smallLimits(limit: Int) {
        let tester = StoreTester(limit: limit)
        for number in 0..<5000 { #expect(tester.insert(Question("key\(number)"), StoreTester.reply(50, 1))) }
        #expect(tester.entries * 100 > limit / 2)
        #expect(tester.bytesUsed <= limit)
    }
}
