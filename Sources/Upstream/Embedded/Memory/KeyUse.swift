/// How a key has been used since it was set: how many times, counted up to 15, and when last.
///
/// Uses within the same 16 ms are one: the commands of a client that reads, changes and writes a value, or the steps of
/// one command, don't make it more popular.
///
/// The last time is in 28 bits, in units of 16 ms, so it starts anew after 49 days: differences survive that.
struct KeyUse {
    /// Units of the clock in a second's thousandths, as a shift.
    static let clockShift: Int64 = 4

    private static let countBits: UInt32 = 4
    private static let countMask: UInt32 = 1 << countBits - 1

    /// The time above the count.
    let bits: UInt32

    @inline(__always)
    init(bits: UInt32) { self.bits = bits }

    /// Set at `clock`, and not used yet.
    @inline(__always)
    init(at clock: UInt32) { bits = clock << Self.countBits }

    /// The same, used once more at `clock`.
    @inline(__always)
    func again(at clock: UInt32) -> KeyUse {
        let time = clock << Self.countBits
        return time == bits & ~Self.countMask ? self : KeyUse(bits: time | min(count + 1, Self.countMask))
    }

    /// How many times.
    @inline(__always)
    var count: UInt32 { bits & Self.countMask }

    /// How many units of the clock ago it was last used; none if the clock was set back since, by up to an hour.
    @inline(__always)
    func idle(at clock: UInt32) -> UInt32 {
        let difference = (clock << Self.countBits &- (bits & ~Self.countMask)) >> Self.countBits
        return difference < Self.beginOfLastHour ? difference : 0
    }

    private static let beginOfLastHour: UInt32 = 1 << 28 - (3_600_000 >> UInt32(clockShift))
}
