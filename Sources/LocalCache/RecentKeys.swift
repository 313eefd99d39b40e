/// Which keys were asked for a while ago: the last four of each of 4,096 sets, as far as 15 bits can tell.
///
/// It is looked at with every miss while second hits are kept, and with every read while the cache stands aside,
/// between system calls that wear out the processor's caches. With four keys to a word it takes 32 KB, and what comes
/// by once doesn't push out what comes again: one in 10,000 that are asked for again after a thousand others is
/// forgotten, where a table of 65,536 single keys would forget 150.
struct RecentKeys {
    /// The newest in the lowest bits.
    private var sets: [UInt64] = []

    private static let count = 1 << 12

    /// The key is asked for. Whether it was among the last.
    mutating func note(_ hash: UInt64) -> Bool {
        if sets.isEmpty { sets = [UInt64](repeating: 0, count: Self.count) }
        let set = sets[Self.set(hash)]
        let place = Self.place(of: hash, in: set)
        let newer = set & ~(~0 << place)
        let older = place < UInt64.bitWidth ? set & (~0xffff << place) : 0
        sets[Self.set(hash)] = older | newer << 16 | Self.mark(hash)
        return place < UInt64.bitWidth
    }

    /// Whether ``note(_:)`` would say so; nothing changes by it.
    func contains(_ hash: UInt64) -> Bool {
        !sets.isEmpty && Self.place(of: hash, in: sets[Self.set(hash)]) < UInt64.bitWidth
    }

    /// The bit at which the key's mark begins; 64 if it isn't there.
    private static func place(of hash: UInt64, in set: UInt64) -> Int {
        let difference = set ^ (mark(hash) &* 0x1_0001_0001_0001)
        // The lowest 16 bits that are all zero, found by the borrow that they cause.
        let zeroes = (difference &- 0x1_0001_0001_0001) & ~difference & 0x8000_8000_8000_8000
        return zeroes == 0 ? UInt64.bitWidth : zeroes.trailingZeroBitCount & ~15
    }

    private static func set(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 16) & (count - 1) }

    /// Never 0, which stands for nothing.
    private static func mark(_ hash: UInt64) -> UInt64 { hash & 0xffff | 1 }
}
