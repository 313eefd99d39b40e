import TestSupport
import Testing
import ValueCompression

@Suite("Inflating what isn't right")
struct CorruptionTests {
    private let compressor = ValueCompressor(minimumSize: 64)
    private let value = Samples.json(1500)
    private let compressed: [UInt8]

    init() throws { compressed = try #require(compressor.compress(value)) }

    /// The stream without its checksum.
    private var stream: [UInt8] { compressed.dropLast(4) }

    @Test("any change of a single byte is found")
    func singleBytes() {
        var accepted = 0
        for position in compressed.indices {
            for change in 1...255 as ClosedRange<UInt8> {
                var damaged = compressed
                damaged[position] ^= change
                if compressor.inflate(damaged, size: value.count) != nil { accepted += 1 }
            }
        }
        #expect(accepted == 0)
        #expect(compressor.inflate(compressed, size: value.count) == value)
    }

    @Test("a wrong stream under a right checksum is refused, or at least gives as many bytes as it should")
    func forgery() {
        #expect(Samples.sealed(stream) == compressed)
        var wrongSizes = 0
        for position in stream.indices {
            for change in 1...255 as ClosedRange<UInt8> {
                var forged = stream
                forged[position] ^= change
                let inflated = compressor.inflate(Samples.sealed(forged), size: value.count)
                if let inflated, inflated.count != value.count { wrongSizes += 1 }
            }
        }
        #expect(wrongSizes == 0)
        for count in stream.indices {
            #expect(compressor.inflate(Samples.sealed(Array(stream.prefix(count))), size: value.count) == nil)
        }
        for extra in [[0], [0, 0, 0, 0], compressed] as [[UInt8]] {
            #expect(compressor.inflate(Samples.sealed(stream + extra), size: value.count) == nil)
        }
        #expect(compressor.inflate(compressed, size: value.count) == value)
    }

    @Test("what is cut short, anywhere, is refused")
    func truncation() {
        for count in compressed.indices {
            #expect(compressor.inflate(Array(compressed.prefix(count)), size: value.count) == nil)
        }
        #expect(compressor.inflate(compressed, size: value.count) == value)
    }

    @Test("bytes behind the stream are refused")
    func trailingBytes() {
        for extra in [[0], [0, 0, 0, 0], compressed] as [[UInt8]] {
            #expect(compressor.inflate(compressed + extra, size: value.count) == nil)
        }
    }

    @Test(
        "another size than the value's is refused",
        arguments: [-1, 0, 1, 64, 1499, 1501, 3000, 1 << 20, 1 << 40, .max]
    )
    func otherSize(size: Int) {
        #expect(compressor.inflate(compressed, size: size) == nil)
        #expect(compressor.inflate(compressed, size: value.count) == value)
    }

    @Test("random bytes are refused, and under a right checksum they do no harm")
    func garbage() {
        var random = SplitMix64(seed: 3)
        for _ in 0..<20_000 {
            let bytes = random.bytes(Int.random(in: 0...200, using: &random))
            let size = Int.random(in: 1...4000, using: &random)
            #expect(compressor.inflate(bytes, size: size) == nil)
            let inflated = compressor.inflate(Samples.sealed(bytes), size: size)
            #expect(inflated == nil || inflated?.count == size)
        }
        #expect(compressor.inflate(compressed, size: value.count) == value)
    }

    @Test("a small stream of 100 MB is refused, and takes no memory for it")
    func bomb() throws {
        let zeros = [UInt8](repeating: 0, count: 100_000_000)
        let bomb = try #require(ValueCompressor(level: 9, minimumSize: 64).compress(zeros))
        #expect(bomb.count < 200_000)
        #expect(compressor.inflate(compressed, size: value.count) == value)
        let before = compressor.memoryBytes
        for size in [1, 100, 60_000] { #expect(compressor.inflate(bomb, size: size) == nil) }
        // More than so few bytes can become.
        #expect(compressor.inflate(Samples.sealed(Array(bomb.prefix(1000))), size: 100_000_000) == nil)
        #expect(compressor.memoryBytes == before)
        #expect(compressor.inflate(compressed, size: value.count) == value)
    }
}
