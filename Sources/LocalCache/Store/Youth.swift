/// Which hits count: not those on entries that came into the small queue a moment ago.
///
/// Who reads a key often reads it again at once, and then never more: such a burst says nothing about whether it will
/// be asked for again (the correlated references of LRU-K and 2Q). So an entry is *young* until what is a quarter of
/// the small queue's room has come in after it, give or take a twelfth. When nothing comes in, what is hit all the same
/// is worth keeping: of the hits on young entries one in 32 counts.
///
/// Time is counted in ticks, and begins anew after 63 of them. While the small queue has the whole cache to itself,
/// before anything was evicted, 48 pass.
struct Youth {
    private static let ticksInRoom = 6
    private static let youngTicks: UInt8 = 2
    private static let lastTick: UInt8 = 63
    private static let hitsPerCounted: UInt = 32

    private let step: Int
    /// Now: 1 to 63.
    private(set) var tick: UInt8 = 1
    /// So much more weight has to come in before the next tick.
    private var remainder = 0
    private var hits: UInt = 0

    /// For a small queue that has room for this weight.
    init(room: Int) { step = room / Self.ticksInRoom }

    /// `weight` has come into the small queue.
    @inline(__always)
    mutating func note(_ weight: Int) {
        remainder -= weight
        guard remainder <= 0 else { return }
        tick = tick == Self.lastTick ? 1 : tick + 1
        remainder = step
    }

    /// Whether a hit counts on an entry that came at the tick `birth`; 0 is that of who isn't in the small queue.
    @inline(__always)
    mutating func counts(hitOfBorn birth: UInt8) -> Bool {
        let age = tick >= birth ? tick - birth : tick + Self.lastTick - birth
        guard birth != 0, age < Self.youngTicks else { return true }
        hits &+= 1
        return hits % Self.hitsPerCounted == 0
    }
}
