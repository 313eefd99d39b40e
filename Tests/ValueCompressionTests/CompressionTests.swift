import TestSupport
import Testing
import ValueCompression

@Suite("Compressing values")
struct CompressionTests {
    @Test("a value comes back as it was", arguments: [1, 4, 6, 9])
    func roundTrip(level: Int) throws {
        let compressor = ValueCompressor(level: level, minimumSize: 64)
        var random = SplitMix64(seed: 1)
        // Small after large and the other way round, so that nothing of one value is left in the next.
        for size in [128, 1 << 20, 200, 1024, 200_000, 65_535, 65_536, 65_537, 8192, 5000, 300, 3 << 20, 1000] {
            let values = [
                Samples.json(size, seed: random.next()),
                [UInt8](repeating: UInt8(size & 0xFF), count: size),
                // Bytes of which only four bits are random.
                random.bytes(size).map { $0 & 0x5A },
            ]
            for value in values {
                let compressed = try #require(compressor.compress(value))
                #expect(compressed.count <= value.count * 7 / 8)
                #expect(compressor.inflate(compressed, size: value.count) == value)
            }
        }
    }

    @Test("a value that doesn't shrink is left alone", arguments: [64, 1024, 70_000, 1 << 20])
    func incompressible(size: Int) {
        var random = SplitMix64(seed: 2)
        let compressor = ValueCompressor(minimumSize: 64)
        #expect(compressor.compress(random.bytes(size)) == nil)
        // The next one is none the worse for it.
        let value = Samples.json(2000)
        #expect(compressor.compress(value).flatMap { compressor.inflate($0, size: 2000) } == value)
    }

    @Test("a value shorter than the minimum is left alone")
    func minimum() {
        let compressor = ValueCompressor(minimumSize: 1024)
        #expect(compressor.minimumSize == 1024)
        #expect(compressor.compress(Samples.json(1023)) == nil)
        #expect(compressor.compress(Samples.json(1024)) != nil)
        #expect(ValueCompressor(minimumSize: 0).compress([]) == nil)
        #expect(ValueCompressor(minimumSize: 0).compress([1]) == nil)
    }

    @Test("one value can be compressed while another one that was inflated is in use")
    func separateResults() throws {
        let compressor = ValueCompressor(minimumSize: 64)
        let value = Samples.json(4000)
        let compressed = try #require(compressor.compress(value))
        try compressed.withUnsafeBytes { bytes in
            let inflated = try #require(compressor.inflate(bytes, size: value.count))
            #expect(compressor.compress(Samples.json(60_000, seed: 2)) != nil)
            #expect(Array(inflated) == value)
        }
    }

    @Test("memory that one large value needed is given back")
    func memory() throws {
        let compressor = ValueCompressor(minimumSize: 64)
        #expect(compressor.memoryBytes == 0)
        let small = Samples.json(2000)
        let compressed = try #require(compressor.compress(small))
        #expect(compressor.inflate(compressed, size: small.count) == small)
        let usual = compressor.memoryBytes
        #expect(usual < 256 << 10)

        let large = Samples.json(8 << 20)
        let compressedLarge = try #require(compressor.compress(large))
        #expect(compressor.inflate(compressedLarge, size: large.count) == large)
        #expect(compressor.memoryBytes > 12 << 20)
        #expect(compressor.compress(small) == compressed)
        #expect(compressor.inflate(compressed, size: small.count) == small)
        #expect(compressor.memoryBytes == usual)
    }
}
