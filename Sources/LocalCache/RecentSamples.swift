/// What two caches would do with a sample of keys: one that keeps everything, and one that keeps what it misses twice
/// within a while.
///
/// A sample of keys is to a small cache what all of them are to one that is larger in the same measure (Waldspurger et
/// al., "Cache Modeling and Optimization using Miniature Simulations", 2017). The first small cache isn't simulated; it
/// is enough to know whether fewer keys have come in since a key was asked for last than it would have room for. Of the
/// second it is known which keys it holds, and how many it has missed since a key was asked for last: when it holds
/// little it misses much, and remembers what it missed for a shorter time.
struct RecentSamples {
    /// What would have become of a key by the time that it is asked for again.
    struct Standing {
        /// It was asked for before, as far as is remembered.
        var isKnown = false
        /// A cache that keeps everything would still hold it.
        var isNear = false
        /// So would one that keeps what it misses twice within a while.
        var isKept = false
        /// That one would remember that it has missed it before.
        var isSecond = false
    }

    private struct Slot {
        /// The lower half of the key's hash.
        var mark: UInt32 = 0
        /// How many keys had come in when it did, or was asked for last.
        var number: UInt32 = 0
        /// How many misses there had been.
        var misses: UInt32 = 0
        var isUsed = false
        var isKept = false
    }

    private var slots: [Slot] = []
    private var number: UInt32 = 0
    private var misses: UInt32 = 0

    /// A key takes the place of another; of so many keys of the sample, a third are forgotten.
    private static let mostSlots = 1 << 14

    /// The key is asked for. There is room for `room` keys of the sample, and a while is until `while` others were
    /// missed.
    mutating func note(_ hash: UInt64, room: Int, while: Int) -> Standing {
        if slots.isEmpty { slots = [Slot](repeating: Slot(), count: Self.mostSlots) }
        let last = slots[Self.slot(hash)]
        var standing = Standing()
        if last.isUsed, last.mark == UInt32(truncatingIfNeeded: hash) {
            standing.isKnown = true
            standing.isNear = Int(number &- last.number) < room
            standing.isKept = standing.isNear && last.isKept
            standing.isSecond = Int(misses &- last.misses) < `while`
        }
        if !standing.isNear { number &+= 1 }
        if !standing.isKept { misses &+= 1 }
        put(hash, isKept: standing.isKept || standing.isSecond)
        return standing
    }

    /// The key that was asked for just now isn't there, although it should be: its entry was dropped or has expired. So
    /// it comes in anew.
    mutating func lose(_ hash: UInt64, _ standing: Standing) {
        number &+= 1
        if standing.isKept { misses &+= 1 }
        put(hash, isKept: standing.isSecond)
    }

    private mutating func put(_ hash: UInt64, isKept: Bool) {
        let mark = UInt32(truncatingIfNeeded: hash)
        slots[Self.slot(hash)] = Slot(mark: mark, number: number, misses: misses, isUsed: true, isKept: isKept)
    }

    private static func slot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> 40) & (mostSlots - 1) }
}
