/// When each of a sample of keys was asked for last, counted in keys of the sample.
///
/// A sample of keys is to a small cache what all of them are to one that is larger in the same measure (Waldspurger et al.,
/// "Cache Modeling and Optimization using Miniature Simulations", 2017). The small one isn't simulated; it is enough to
/// know whether fewer keys have come in since the last time than it would have room for.
struct RecentSamples {
    /// For each slot the key that was asked for last, as far as 32 bits can tell, and its number.
    private var slots: [UInt64] = []
    /// How many keys have come in, in a circle.
    private var number: UInt32 = 0

    /// A key takes the place of another; of so many keys of the sample, a third are forgotten.
    private static let mostSlots = 1 << 15

    /// The key is asked for. Whether that happened before with fewer than `distance` others in between.
    mutating func note(_ hash: UInt64, within distance: Int) -> Bool {
        if slots.isEmpty { slots = [UInt64](repeating: 0, count: Self.mostSlots) }
        let slot = Int(truncatingIfNeeded: hash &>> 40) & (Self.mostSlots - 1)
        let mark = hash << 32
        let last = slots[slot]
        let isKnown = last != 0 && (last ^ mark) >> 32 == 0
        let isNear = isKnown && Int(number &- UInt32(truncatingIfNeeded: last)) < distance
        // Numbers begin at 1, so that no slot in use is 0.
        if !isNear { number = number == .max ? 1 : number + 1 }
        slots[slot] = mark | UInt64(number)
        return isNear
    }
}
