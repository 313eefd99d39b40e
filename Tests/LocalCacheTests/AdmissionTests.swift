import LocalCache
import RESP
import TestSupport
import Testing

@Suite("What is kept of what is missed")
struct AdmissionTests {
    /// A cache without a limit, asked for keys by number, each at its time, and reviewed every second.
    private struct Cache {
        var admission = Admission(now: CacheTime(milliseconds: 0))
        var readsPerSecond = 100_000
        private var microseconds = 0
        private var now: CacheTime { CacheTime(milliseconds: Int64(microseconds / 1000)) }

        private let room: Int
        var kept: Set<Int> = []
        var fills = 0
        var hits = 0

        init(room: Int = .max) { self.room = room }

        mutating func ask(for key: Int) {
            let hash = withUnsafeBytes(of: key) { KeyHash.process($0) }
            let second = microseconds / 1_000_000
            microseconds += 1_000_000 / readsPerSecond
            if microseconds / 1_000_000 > second { admission.review(room: room, now: now) }
            guard admission.admits(hash, now: now) else { return }
            if kept.contains(key) {
                hits += 1
                admission.noteHit(hash)
            } else {
                admission.noteMiss(hash)
                guard admission.keeps(hash) else { return }
                kept.insert(key)
                fills += 1
            }
        }
    }

    /// Of keys that nobody has asked for. Some may be taken for others.
    private static let hashes = (1...100).map { key in withUnsafeBytes(of: -key) { KeyHash.process($0) } }

    @Test("everything, at first")
    func open() {
        var cache = Cache()
        for key in 0..<1000 { cache.ask(for: key) }
        #expect(cache.fills == 1000)
    }

    @Test("one in 256, when nothing is ever asked for again")
    func noReuse() {
        var cache = Cache()
        for key in 0..<200_000 { cache.ask(for: key) }
        // Until the first judgement, all of them.
        #expect(cache.fills < 4096 + 200_000 / 256 + 500)
    }

    @Test("everything, when little is asked for")
    func slowly() {
        var cache = Cache()
        cache.readsPerSecond = 10_000
        for key in 0..<50_000 { cache.ask(for: key) }
        #expect(cache.fills == 50_000)
    }

    @Test("everything again, when little is asked for after a while of much")
    func slowlyAgain() {
        var cache = Cache()
        for key in 0..<100_000 { cache.ask(for: key) }
        // A judgement would be long in coming.
        cache.readsPerSecond = 100
        for key in 1_000_000..<1_000_200 { cache.ask(for: key) }
        let before = cache.fills
        for key in 2_000_000..<2_000_200 { cache.ask(for: key) }
        #expect(cache.fills - before == 200)
        // Nor does a rush need as long as the first one to be known for what it is.
        cache.readsPerSecond = 100_000
        let between = cache.fills
        for key in 3_000_000..<3_100_000 { cache.ask(for: key) }
        #expect(cache.fills - between < 3 * 1024 + 100_000 / 200)
    }

    @Test("what is asked for twice within a while, even then")
    func secondTime() {
        var cache = Cache()
        for key in 0..<100_000 { cache.ask(for: key) }
        for key in 1_000_000..<1_010_000 {
            cache.ask(for: key)
            cache.ask(for: key)
            cache.ask(for: key)
        }
        // Each is looked for from its second time on, and found from its third.
        #expect(cache.hits >= 10_000)
    }

    @Test("everything again, once a large set of keys comes round")
    func loop() {
        var cache = Cache()
        for _ in 0..<3 {
            for key in 0..<300_000 { cache.ask(for: key) }
        }
        #expect(cache.kept.count > 290_000)
    }

    @Test("a large set that comes round isn't kept if there is no room for all of it", arguments: [200_000, 400_000])
    func largeLoop(room: Int) {
        var cache = Cache(room: room)
        for _ in 0..<5 {
            for key in 0..<300_000 { cache.ask(for: key) }
        }
        #expect((cache.kept.count > 290_000) == (room > 300_000))
        // A judgement's worth, the sample, and a few that are taken for others.
        #expect(room > 300_000 || cache.fills < 4096 + 300_000 / 256 + 500)
    }

    @Test("one in 256 of a second rush, though a set that was worth keeping came before it")
    func rushAfterReturn() {
        var cache = Cache()
        for _ in 0..<3 {
            for key in 0..<300_000 { cache.ask(for: key) }
        }
        for rush in 1...3 {
            cache.readsPerSecond = 100
            for key in 0..<300 { cache.ask(for: key) }
            cache.readsPerSecond = 100_000
            let before = cache.fills
            for key in 0..<500_000 { cache.ask(for: rush * 1_000_000 + key) }
            #expect(cache.fills - before < 3 * 4096 + 500_000 / 200)
        }
    }

    @Test("what is hot is served, however much else comes by once")
    func hotAmongMany() {
        var cache = Cache()
        for key in 0..<100_000 { cache.ask(for: key) }
        let before = cache.hits
        for round in 0..<1000 {
            cache.ask(for: -1)
            for key in 0..<1000 { cache.ask(for: 1_000_000 + round * 1000 + key) }
        }
        #expect(cache.hits - before > 990)
        // Nor does a burst of it have everything else kept.
        for _ in 0..<500 { cache.ask(for: -1) }
        let fills = cache.fills
        for key in 5_000_000..<5_100_000 { cache.ask(for: key) }
        #expect(cache.fills - fills < 100_000 / 100)
    }

    @Test("all of a set that comes round soon, though the first round of it found nothing")
    func smallSet() {
        var cache = Cache()
        for _ in 0..<4 {
            for key in 0..<10_000 { cache.ask(for: key) }
        }
        #expect(cache.kept.count == 10_000)
    }

    @Test("hardly anything of what comes by once among hits, and the hits all the same")
    func onceAmongHits() {
        var cache = Cache()
        // Every other read is of 1,000 keys in turn.
        for read in 0..<200_000 { cache.ask(for: read % 2 == 0 ? read / 2 % 1000 : 1_000_000 + read) }
        let (fills, hits) = (cache.fills, cache.hits)
        for read in 200_000..<400_000 { cache.ask(for: read % 2 == 0 ? read / 2 % 1000 : 1_000_000 + read) }
        #expect(cache.hits - hits == 100_000)
        #expect(cache.fills - fills < 100_000 / 150)
        // What is new, and asked for again, is kept from its second time on.
        for read in 0..<20_000 { cache.ask(for: read % 2 == 0 ? -1 - read / 2 % 2000 : 2_000_000 + read) }
        #expect((1...2000).count { cache.kept.contains(-$0) } > 1980)
    }

    @Test("everything, when it is asked for again after so long that nothing else would be remembered")
    func afterLong() {
        let room = 100_000
        var cache = Cache(room: room)
        var random = SplitMix64(seed: 1)
        // Keys out of twice as many as there is room for, the oldest of which goes.
        var queue: [Int] = []
        var evicted = 0
        func ask() {
            let key = Int(random.next() % UInt64(2 * room))
            let fills = cache.fills
            cache.ask(for: key)
            if cache.fills > fills { queue.append(key) }
            guard queue.count - evicted > room else { return }
            cache.kept.remove(queue[evicted])
            evicted += 1
        }
        for _ in 0..<800_000 { ask() }
        let (fills, hits) = (cache.fills, cache.hits)
        for _ in 0..<200_000 { ask() }
        #expect(cache.hits - hits + cache.fills - fills == 200_000)
        #expect(cache.hits - hits > 80_000)
    }

    @Test("what is hit again and again comes back after everything was dropped")
    func dropped() {
        var cache = Cache()
        func ask(_ reads: Range<Int>) {
            for read in reads { cache.ask(for: read % 2 == 0 ? read / 2 % 10_000 : 1_000_000 + read) }
        }
        ask(0..<600_000)
        cache.kept = []
        ask(600_000..<1_200_000)
        let hits = cache.hits
        ask(1_200_000..<1_300_000)
        #expect(cache.hits - hits > 45_000)
    }

    @Test("what would be kept can be asked without being a miss")
    func askingBeforeKeeping() throws {
        var cache = Cache()
        for read in 0..<200_000 { cache.ask(for: read % 2 == 0 ? read / 2 % 1000 : 1_000_000 + read) }
        let hash = try #require(Self.hashes.first { !cache.admission.wouldKeep($0) })
        #expect(cache.admission.wouldAdmit(hash) && !cache.admission.wouldKeep(hash))
        #expect(!cache.admission.wouldKeep(hash))
        let isKept = [cache.admission.keeps(hash), cache.admission.keeps(hash)]
        #expect(isKept == [false, true])
        #expect(cache.admission.wouldKeep(hash))
    }

    @Test("what would be admitted can be asked without being a read")
    func asking() throws {
        var cache = Cache()
        for key in 0..<100_000 { cache.ask(for: key) }
        let hash = try #require(Self.hashes.first { !cache.admission.wouldAdmit($0) })
        #expect(!cache.admission.wouldAdmit(hash))
        let now = CacheTime(milliseconds: 1000)
        let isAdmitted = [cache.admission.admits(hash, now: now), cache.admission.admits(hash, now: now)]
        #expect(isAdmitted == [false, true])
        #expect(cache.admission.wouldAdmit(hash))
    }

    @Test("what was hot before doesn't speak for what comes after")
    func hotBefore() {
        var cache = Cache()
        for _ in 0..<100 {
            for key in 0..<10_000 { cache.ask(for: key) }
        }
        // As many as it takes to notice, and more.
        for key in 1_000_000..<2_200_000 { cache.ask(for: key) }
        let before = cache.fills
        for key in 3_000_000..<5_000_000 { cache.ask(for: key) }
        #expect(cache.fills - before < 2_000_000 / 200)
    }
}
