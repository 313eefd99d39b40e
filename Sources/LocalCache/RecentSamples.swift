/// When each of a sample of keys was asked for last, counted in keys of the sample.
///
/// A sample of keys is to a small cache what all of them are to one that is larger in the same measure (Waldspurger et al.,
/// "Cache Modeling and Optimization using Miniature Simulations", 2017). The small one isn't simulated; it is enough to
/// know whether fewer keys have come in since the last time than it would have room for.
struct RecentSamples {
    /// What would have become of a key by the time that it is asked for again.
    struct Standing {
        /// A cache that keeps everything would still hold it.
        var isNear = false
        /// So would one that keeps what is asked for twice within a while.
        var isKept = false
        /// It was asked for within that while.
        var isSecond = false
    }

    /// For each slot the key that was asked for last, as far as 32 bits can tell, whether it is kept, and its number.
    private var slots: [UInt64] = []
    /// How many keys have come in, in a circle.
    private var number: UInt64 = 0

    /// A key takes the place of another; of so many keys of the sample, a third are forgotten.
    private static let mostSlots = 1 << 15
    private static let numbers: UInt64 = 1 << 31
    private static let kept = numbers

    /// The key is asked for. The cache has room for `room` keys of the sample, and a while is until `while` others have come in.
    mutating func note(_ hash: UInt64, room: Int, while: Int) -> Standing {
        if slots.isEmpty { slots = [UInt64](repeating: 0, count: Self.mostSlots) }
        let slot = Int(truncatingIfNeeded: hash &>> 40) & (Self.mostSlots - 1)
        let mark = hash << 32
        let last = slots[slot]
        var standing = Standing()
        if last != 0, (last ^ mark) >> 32 == 0 {
            let distance = Int((number &- last) & (Self.numbers - 1))
            standing.isNear = distance < room
            standing.isSecond = distance < `while`
            standing.isKept = standing.isNear && last & Self.kept != 0
        }
        // Numbers begin at 1, so that no slot in use is 0.
        if !standing.isNear { number = number == Self.numbers - 1 ? 1 : number + 1 }
        slots[slot] = mark | (standing.isKept || standing.isSecond ? Self.kept : 0) | number
        return standing
    }
}
