/// A command's name in lower case, held in three words so that comparing and hashing it costs a few instructions.
///
/// Names of more than 24 bytes don't fit; no command of Redis comes near that.
public struct CommandName: Hashable, Sendable {
    @usableFromInline let low: UInt64
    @usableFromInline let middle: UInt64
    @usableFromInline let high: UInt64

    /// The longest name that fits, in bytes.
    public static let maximumLength = 24

    /// The name in `bytes`, in whatever case it is written; nil when it is empty or too long, or ends in a zero byte,
    /// which wouldn't tell it from the name without.
    @inlinable
    public init?(_ bytes: UnsafeRawBufferPointer) {
        let count = bytes.count
        guard count > 0, count <= Self.maximumLength, let base = bytes.baseAddress, bytes[count &- 1] != 0 else {
            return nil
        }
        low = Self.lowercased(Self.word(base, count))
        middle = count > 8 ? Self.lowercased(Self.word(base + 8, count - 8)) : 0
        high = count > 16 ? Self.lowercased(Self.word(base + 16, count - 16)) : 0
    }

    /// The name in `text`.
    public init?(_ text: String) {
        var text = text
        guard let name = text.withUTF8({ CommandName(UnsafeRawBufferPointer($0)) }) else { return nil }
        self = name
    }

    /// The name as text.
    public var text: String {
        withUnsafeBytes(of: (low, middle, high)) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// A well-mixed hash for tables whose size is a power of two.
    @inlinable public var tableHash: Int {
        let mixed = (low ^ (middle &* 0xA24B_AED4_963E_E407) ^ (high &* 0x8EBC_6AF0_9C88_C6E3)) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32)
    }

    /// Up to eight bytes at `base`, the missing ones zero.
    @inlinable
    static func word(_ base: UnsafeRawPointer, _ count: Int) -> UInt64 {
        if count >= 8 { return base.loadUnaligned(as: UInt64.self) }
        if count >= 4 {
            let head = UInt64(base.loadUnaligned(as: UInt32.self))
            let tail = UInt64(base.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
            return head | tail << UInt64((count - 4) * 8)
        }
        var word = UInt64(base.load(as: UInt8.self))
        word |= UInt64(base.load(fromByteOffset: count / 2, as: UInt8.self)) << UInt64((count / 2) * 8)
        word |= UInt64(base.load(fromByteOffset: count - 1, as: UInt8.self)) << UInt64((count - 1) * 8)
        return word
    }

    /// Sets bit 5 of every byte from `A` to `Z`, all eight at once.
    @inlinable
    static func lowercased(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let low7 = word & (ones &* 0x7F)
        let fromA = low7 &+ ones &* (0x80 - 0x41)
        let aboveZ = low7 &+ ones &* (0x7F - 0x5A)
        let upper = (fromA ^ aboveZ) & ~word & (ones &* 0x80)
        return word | upper >> 2
    }
}
