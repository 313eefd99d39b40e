import Testing

@testable import LocalCache

@Suite("Replies that are compressed instead of evicted")
struct EntryCompressionTests {
    typealias Question = StoreTester.Question

    private static func value(_ number: Int, _ size: Int = 4096) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: size)
    }

    private func filled(_ compressor: RunLengthCompressor?, count: Int, size: Int = 4096) -> StoreTester {
        let tester = StoreTester(limit: 4 << 20, compressor: compressor)
        for number in 0..<count { tester.insert(Question("key\(number)"), Self.value(number, size)) }
        return tester
    }

    @Test("more fit, and are what they were", arguments: [(4096, 6000), (20_000, 2000), (100_000, 400)])
    func more(size: Int, count: Int) {
        let plain = filled(nil, count: count, size: size)
        let compressor = RunLengthCompressor()
        let tester = filled(compressor, count: count, size: size)
        #expect(Double(tester.entries) > Double(plain.entries) * 2.4)
        #expect(tester.bytesUsed <= 4 << 20)
        let statistics = tester.store.statistics
        #expect(statistics.compressedEntries > statistics.entries / 2)
        #expect(statistics.savedBytes > statistics.compressedBytes)
        var found = 0
        for number in 0..<count {
            guard let reply = tester.peek(Question("key\(number)")) else { continue }
            #expect(reply == Self.value(number, size))
            found += 1
        }
        #expect(found == tester.entries)
        #expect(tester.store.statistics == statistics)
    }

    @Test("what is hit twice is plain again, and stays so")
    func hit() throws {
        let compressor = RunLengthCompressor()
        let tester = filled(compressor, count: 3000)
        let cold = try #require((0..<3000).first { number in isCompressed(tester, "key\(number)") })
        let question = Question("key\(cold)")
        let compressed = tester.store.statistics.compressedEntries
        #expect(tester.find(question) == Self.value(cold))
        #expect(tester.store.statistics.compressedEntries == compressed)
        #expect(isCompressed(tester, "key\(cold)"))
        #expect(tester.find(question) == Self.value(cold))
        #expect(tester.store.statistics.compressedEntries <= compressed)
        #expect(!isCompressed(tester, "key\(cold)"))
        let inflations = compressor.inflations
        #expect(tester.find(question) == Self.value(cold))
        #expect(compressor.inflations == inflations)
    }

    @Test("what is hit often is never compressed")
    func hot() {
        let tester = StoreTester(limit: 4 << 20, compressor: RunLengthCompressor())
        for number in 0..<6000 {
            tester.insert(Question("key\(number)"), Self.value(number))
            for hot in 0..<20 {
                if tester.find(Question("key\(hot)")) == nil { tester.insert(Question("key\(hot)"), Self.value(hot)) }
            }
        }
        for hot in 0..<20 { #expect(!isCompressed(tester, "key\(hot)")) }
    }

    @Test("what was hit survives a scan, plain, however small what is scanned gets", arguments: [4096, 20_000])
    func scan(size: Int) {
        let tester = StoreTester(limit: 4 << 20, compressor: RunLengthCompressor())
        let hot = (2 << 20) / size
        for round in 0..<3 {
            for number in 0..<hot where tester.find(Question("hot\(number)")) == nil {
                tester.insert(Question("hot\(number)"), Self.value(number, size))
            }
            // So that they aren't young any more.
            if round == 0 {
                for number in 0..<hot / 4 { tester.insert(Question("other\(number)"), Self.value(number, size)) }
            }
        }
        for number in 0..<(40 << 20) / size { tester.insert(Question("key\(number)"), Self.value(number, size)) }
        for number in 0..<hot {
            #expect(!isCompressed(tester, "hot\(number)"))
            #expect(tester.find(Question("hot\(number)")) == Self.value(number, size))
        }
        let statistics = tester.store.statistics
        #expect(statistics.compressedEntries > statistics.entries / 4, "what they leave, the scan may have")
    }

    @Test("nothing is compressed in vain where what was hit leaves no room for it")
    func noRoom() {
        let compressor = RunLengthCompressor()
        let tester = StoreTester(limit: 4 << 20, compressor: compressor)
        let hot = (4 << 20) * 9 / 10 / 4200
        func readAll() {
            for number in 0..<hot where tester.find(Question("hot\(number)")) == nil {
                tester.insert(Question("hot\(number)"), Self.value(number))
            }
        }
        readAll()
        for number in 0..<100 { tester.insert(Question("other\(number)"), Self.value(number)) }
        for round in 0..<40 {
            readAll()
            for number in 0..<100 { tester.insert(Question("key\(round) \(number)"), Self.value(number)) }
        }
        #expect(compressor.compressions < 2000)
    }

    @Test("what was hit once is compressed before it goes, when all was")
    func hitOnce() {
        let tester = StoreTester(limit: 4 << 20, compressor: RunLengthCompressor())
        for number in 0..<5000 {
            tester.insert(Question("key\(number)"), Self.value(number))
            #expect(tester.find(Question("key\(number)")) == Self.value(number))
        }
        #expect(Double(tester.entries) > Double(filled(nil, count: 3000).entries) * 1.4)
    }

    @Test("what is corrupt is a miss, and gone")
    func corrupt() throws {
        let compressor = RunLengthCompressor()
        let tester = filled(compressor, count: 3000)
        let cold = try #require((0..<3000).first { number in isCompressed(tester, "key\(number)") })
        compressor.isBroken = true
        let question = Question("key\(cold)")
        #expect(tester.peek(question) == nil)
        let entries = tester.entries
        #expect(tester.find(question) == nil)
        #expect(tester.entries < entries)
        #expect(!tester.contains(question))
        #expect(tester.bytesUsed <= 4 << 20)
        compressor.isBroken = false
        #expect(tester.find(question) == nil)
        #expect(tester.insert(question, [1]) && tester.find(question) == [1])
    }

    @Test("what doesn't get smaller, and what is small, is evicted as ever")
    func incompressible() {
        let compressor = RunLengthCompressor()
        let tester = StoreTester(limit: 1 << 20, compressor: compressor)
        for number in 0..<4000 { tester.insert(Question("key\(number)"), StoreTester.reply(1000, UInt8(number % 256))) }
        #expect(compressor.compressions > 0)
        #expect(tester.store.statistics.compressedEntries == 0 && tester.store.statistics.evictions > 2000)
        let asked = compressor.compressions
        for number in 0..<40_000 { tester.insert(Question("small\(number)"), Self.value(number, 63)) }
        let larger = compressor.compressions - asked
        #expect(larger <= 1000)
    }

    @Test("little of what one entry pushes out is compressed, and nothing that is large")
    func bounded() {
        let compressor = RunLengthCompressor()
        let tester = filled(compressor, count: 2000)
        let before = compressor.compressions
        tester.insert(Question("large"), Self.value(1, 1 << 20))
        #expect((1...64).contains(compressor.compressions - before))
        let large = RunLengthCompressor()
        _ = filled(large, count: 100, size: 257 << 10)
        #expect(large.compressions == 0)
    }

    @Test("what the compressor takes counts")
    func memory() {
        let compressor = RunLengthCompressor()
        let entries = filled(compressor, count: 6000).entries
        compressor.memoryBytes = 1 << 20
        let tester = filled(compressor, count: 6000)
        #expect(tester.bytesUsed <= 4 << 20)
        #expect((entries / 2...entries * 4 / 5).contains(tester.entries))
    }

    private func isCompressed(_ tester: StoreTester, _ key: String) -> Bool {
        let reference = Question(key).withID { tester.store.lookup($0) }
        return reference != 0 && tester.store.pool.entry(reference).isCompressed
    }
}
