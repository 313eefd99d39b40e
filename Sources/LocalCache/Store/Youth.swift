/// Which hits count: not those on entries that came into the small queue a moment ago.
///
/// Who reads a key often reads it again at once, and then never more: such a burst says little about whether it will be
/// asked for again (the correlated references of LRU-K and 2Q). So an entry is *young* until up to a third of what the
/// small queue has room for has come in after it; a hit on it is only remembered as a burst (``Bursts``). When nothing
/// comes in, what is hit all the same is worth keeping: of such hits one in 32 counts.
///
/// Time is counted in ticks, and begins anew after 31 of them. While the small queue has the whole cache to itself,
/// before anything was evicted, 24 pass.
struct Youth {
    private static let ticksInRoom = 3
    private static let lastTick: UInt8 = 31
    private static let hitsPerCounted: UInt = 32

    private let step: Int
    /// Now: 1 to 31.
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
        guard birth == tick else { return true }
        hits &+= 1
        return hits % Self.hitsPerCounted == 0
    }
}
