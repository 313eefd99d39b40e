import Testing

@testable import LocalCache

@Suite("Entries whose time is over")
struct EntryExpiryTests {
    typealias Question = StoreTester.Question

    @Test("from its deadline on an entry isn't found")
    func lazy() {
        let tester = StoreTester(limit: 1 << 20)
        tester.insert(Question("key"), [1], lifetime: 100)
        tester.time += 99
        #expect(tester.find(Question("key")) == [1])
        tester.time += 1
        #expect(tester.peek(Question("key")) == nil && tester.entries == 1)
        #expect(tester.find(Question("key")) == nil && tester.entries == 0)
        #expect(tester.store.statistics.expiries == 1)
    }

    @Test("a deadline holds when the clock starts anew")
    func wrap() {
        let tester = StoreTester(limit: 1 << 20)
        tester.time = Int64(UInt32.max) - 50
        tester.insert(Question("key"), [1], lifetime: 100)
        tester.time += 99
        #expect(tester.find(Question("key")) == [1])
        tester.time += 1
        #expect(tester.find(Question("key")) == nil)
    }

    @Test("sweeping drops what has expired, within its budget, and gives the memory back")
    func sweep() {
        let tester = StoreTester(limit: 4 << 20)
        let empty = tester.bytesUsed
        for number in 0..<1000 {
            tester.insert(Question("key\(number)"), StoreTester.reply(100, 1), lifetime: number % 2 == 0 ? 10 : 1000)
        }
        tester.time += 10
        tester.store.sweep(now: tester.now, budget: 100)
        #expect(tester.store.statistics.expiries == 50)
        for _ in 0..<9 { tester.store.sweep(now: tester.now, budget: 100) }
        #expect(tester.entries == 500 && tester.store.statistics.expiries == 500)
        tester.time += 1000
        tester.sweep()
        #expect(tester.entries == 0)
        #expect(tester.bytesUsed <= empty + 3 * tester.store.pool.chunkSize)
    }

    @Test("what came through a connection that closed is gone, and the rest isn't")
    func closing() {
        let tester = StoreTester(limit: 4 << 20)
        for number in 0..<3000 {
            tester.insert(Question("key\(number / 3)", "\(number % 3)"), [1], source: UInt32(number % 3) + 60)
        }
        tester.store.closeSource(61)
        tester.store.closeSource(62)
        #expect(tester.find(Question("key7", "0")) == [1])
        #expect(tester.find(Question("key7", "1")) == nil)
        #expect(tester.peek(Question("key7", "2")) == nil)
        #expect(tester.contains(Question("key7")))
        tester.store.closeSource(60)
        #expect(!tester.contains(Question("key8")))
        tester.sweep()
        #expect(tester.entries == 0)
        tester.insert(Question("key"), [1], source: 63)
        tester.sweep()
        #expect(tester.find(Question("key")) == [1])
    }

    @Test("connections whose numbers lie far apart can close together")
    func farApart() {
        let tester = StoreTester(limit: 1 << 20)
        let sources: [UInt32] = [5, 1000, 4_000_000_000, 40_000, .max]
        for source in sources { tester.insert(Question("key\(source)"), [1], source: source) }
        for (position, source) in sources.enumerated() {
            tester.store.closeSource(source)
            for other in sources[(position + 1)...] { #expect(tester.find(Question("key\(other)")) == [1]) }
        }
        #expect(sources.allSatisfy { tester.find(Question("key\($0)")) == nil })
    }

    @Test("connections that have closed are forgotten once a sweep has seen every entry")
    func forgetting() {
        var closed = ClosedSources()
        closed.passBegins()
        let areKept = [1000, 70, 1100].map { closed.insert($0) }
        #expect(areKept == [true, true, true])
        closed.passEnds()
        #expect(closed.contains(70) && closed.contains(1000) && closed.contains(1100))
        #expect(!closed.contains(69) && !closed.contains(71) && !closed.contains(2000))
        let isKept = closed.insert(4_000_000)
        #expect(!isKept)
        closed.passBegins()
        closed.passEnds()
        #expect(!closed.contains(70) && !closed.contains(1000))
    }
}
