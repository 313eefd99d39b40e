/// The hash of keys, fields and whatever else is looked up by its bytes: 64 bits, by multiplying and folding 16 bytes
/// at a time.
///
/// The construction is that of wyhash. All four constants are drawn at random when the process starts, not only the
/// starting value: with constants that are known, bytes can be crafted that make one factor zero and so the product
/// the same whatever the other factor is.
public struct KeyHash: Sendable {
    /// The hash of this process.
    public static let process = KeyHash()

    /// A hash that is the same in every process, for what leaves this one. Not for tables: whoever knows it can make
    /// bytes collide.
    public static let stable = KeyHash(
        seed: 0x243F_6A88_85A3_08D3,
        first: 0x1319_8A2E_0370_7345,
        second: 0xA409_3822_299F_31D1,
        third: 0x082E_FA98_EC4E_6C89
    )

    @usableFromInline let seed: UInt64
    @usableFromInline let first: UInt64
    @usableFromInline let second: UInt64
    @usableFromInline let third: UInt64

    private init() {
        var generator = SystemRandomNumberGenerator()
        self.init(
            seed: generator.next(),
            first: generator.next() | 1,
            second: generator.next() | 1,
            third: generator.next() | 1
        )
    }

    private init(seed: UInt64, first: UInt64, second: UInt64, third: UInt64) {
        self.seed = seed
        self.first = first
        self.second = second
        self.third = third
    }

    /// The hash of `bytes`.
    @inlinable
    public func callAsFunction(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        let count = bytes.count
        guard count > 0, let base = bytes.baseAddress else { return Self.fold(seed ^ first, second) }
        var low: UInt64
        var high: UInt64
        var state = seed
        if count <= 16 {
            (low, high) = Self.words(of: base, count)
        } else {
            var position = 0
            while count - position > 16 {
                state = Self.fold(Self.word(base + position) ^ first, Self.word(base + position + 8) ^ state)
                position += 16
            }
            low = Self.word(base + count - 16)
            high = Self.word(base + count - 8)
        }
        low ^= second
        high ^= state
        return Self.fold(Self.fold(low, high) ^ third, UInt64(truncatingIfNeeded: count) ^ first)
    }

    /// Up to 16 bytes as two words that tell any two strings of one length apart.
    @inlinable
    static func words(of base: UnsafeRawPointer, _ count: Int) -> (UInt64, UInt64) {
        if count >= 8 { return (word(base), word(base + count - 8)) }
        if count >= 4 {
            return (
                UInt64(base.loadUnaligned(as: UInt32.self)),
                UInt64((base + count - 4).loadUnaligned(as: UInt32.self))
            )
        }
        let ends = UInt64(base.load(as: UInt8.self)) | UInt64(base.load(fromByteOffset: count - 1, as: UInt8.self)) << 8
        return (ends, UInt64(base.load(fromByteOffset: count / 2, as: UInt8.self)))
    }

    @inlinable
    static func word(_ pointer: UnsafeRawPointer) -> UInt64 { pointer.loadUnaligned(as: UInt64.self) }

    @inlinable
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}
