import Dispatch
import TestSupport
import Testing

@testable import Stats

@Suite("The keys asked for most")
struct TopKeysTests {
    /// A hash as good as the one that keys have.
    private func hash(_ key: String) -> UInt64 {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var mixer = SplitMix64(seed: state)
        return mixer.next()
    }

    private func record(_ key: String, in keys: TopKeys) {
        var key = key
        let hash = hash(key)
        key.withUTF8 { keys.record(UnsafeRawBufferPointer($0), hash: hash) }
    }

    private func names(_ top: [TopKey]) -> [String] { top.map { String(decoding: $0.key, as: UTF8.self) } }

    @Test(
        "every key looked at: the top ten of a Zipf stream, and their counts",
        arguments: 1...3 as ClosedRange<UInt64>
    )
    func exact(seed: UInt64) {
        let keys = TopKeys(samplingInterval: 1, seed: seed)
        var stream = ZipfStream(keys: 100_000, seed: seed)
        var counts: [Int: Int] = [:]
        for _ in 0..<200_000 {
            let number = stream.next()
            counts[number, default: 0] += 1
            record("key\(number)", in: keys)
        }
        let expected = counts.sorted { $0.value > $1.value }.prefix(10)
        let top = keys.snapshot(limit: 10)
        #expect(Set(names(top)) == Set(expected.map { "key\($0.key)" }))
        for (key, (_, count)) in zip(top, expected) {
            #expect(abs(key.count - count) <= count / 20)
            #expect(abs(key.share - Double(count) / 200_000) <= 0.005)
        }
    }

    @Test("one key in 32 looked at: the top of a Zipf stream", arguments: 1...2 as ClosedRange<UInt64>)
    func sampled(seed: UInt64) {
        let keys = TopKeys(samplingInterval: 32, seed: seed)
        var stream = ZipfStream(keys: 100_000, seed: seed)
        for _ in 0..<2_000_000 { record("key\(stream.next())", in: keys) }
        let top = keys.snapshot(limit: 10)
        #expect(Set(names(top)).isSuperset(of: (0..<7).map { "key\($0)" }))
        // The tenth and the twelfth differ by less than sampling can tell.
        #expect(Set(names(top)).isSubset(of: (0..<15).map { "key\($0)" }))
        // The most frequent one's part is 1 / H(100,000).
        #expect(abs(top[0].share - 0.0827) < 0.006)
        #expect(abs(top[0].count - 165_400) < 12_000)
    }

    @Test("keys that all differ are none of them hot, and cost a hot key nothing")
    func allDistinct() {
        let keys = TopKeys(samplingInterval: 1, seed: 1)
        for number in 0..<200_000 {
            record("once\(number)", in: keys)
            if number % 100 == 0 { record("hot", in: keys) }
        }
        let top = keys.snapshot(limit: 1000)
        #expect(names(top).first == "hot")
        #expect(abs(top[0].count - 2000) <= 40)
        #expect(top.dropFirst().allSatisfy { $0.count <= 100 })
        #expect(top.count <= 256)
    }

    @Test("a client that goes round its keys in order shows all of them")
    func periodic() {
        let keys = TopKeys(samplingInterval: 32, seed: 1)
        for number in 0..<320_000 { record("key\(number % 32)", in: keys) }
        let top = keys.snapshot(limit: 100)
        #expect(top.count == 32)
        #expect(top.allSatisfy { (0.02...0.045).contains($0.share) })
    }

    @Test("yesterday's hot key goes when today's comes")
    func decay() {
        let keys = TopKeys(samplingInterval: 1, seed: 1)
        for _ in 0..<100_000 { record("yesterday", in: keys) }
        for _ in 0..<10 {
            keys.decay()
            for _ in 0..<1000 { record("today", in: keys) }
        }
        #expect(names(keys.snapshot(limit: 1)) == ["today"])
        for _ in 0..<20 { keys.decay() }
        #expect(keys.snapshot(limit: 1).isEmpty)
    }

    @Test("a key longer than 256 bytes is told from another with the same beginning, and shown cut")
    func longKeys() {
        let keys = TopKeys(samplingInterval: 1, seed: 1)
        let beginning = String(repeating: "k", count: 256)
        for _ in 0..<3 { record(beginning + "one", in: keys) }
        for _ in 0..<2 { record(beginning + "other", in: keys) }
        record("", in: keys)
        let top = keys.snapshot(limit: 10)
        #expect(names(top) == [beginning, beginning, ""])
        #expect(top.map(\.length) == [259, 261, 0])
        #expect(top.map(\.count) == [3, 2, 1])
    }

    @Test("several loops' keys are ranked together, whatever their intervals")
    func merging() {
        let loops = [TopKeys(samplingInterval: 1, seed: 1), TopKeys(samplingInterval: 2, seed: 2)]
        for _ in 0..<600 { record("first only", in: loops[0]) }
        for loop in loops { for _ in 0..<400 { record("both", in: loop) } }
        let top = TopKeys.merged(loops, limit: 2)
        #expect(names(top) == ["both", "first only"])
        #expect(abs(top[0].count - 800) < 60)
        #expect(abs(top[0].share + top[1].share - 1) < 0.001)
        #expect(TopKeys.merged([], limit: 5).isEmpty)
    }

    @Test("what is read while another thread writes is whole")
    func concurrentReader() {
        let keys = TopKeys(samplingInterval: 1, seed: 1)
        for number in 0..<4 { record("key\(number)", in: keys) }
        DispatchQueue.concurrentPerform(iterations: 2) { side in
            for number in 0..<(side == 0 ? 100_000 : 200) {
                if side == 0 {
                    record("key\(number % 4)", in: keys)
                } else {
                    let top = keys.snapshot(limit: 10)
                    #expect(Set(names(top)) == ["key0", "key1", "key2", "key3"])
                    #expect(abs(top.reduce(0) { $0 + $1.share } - 1) < 0.001)
                }
            }
        }
    }
}
