/// Decides whether a miss is worth keeping.
///
/// A fill costs the server a second command, PTTL, and the cache's memory. As long as some of what is kept is asked for
/// again that pays. When it isn't (fewer than one look-up in sixteen was a hit, over four thousand of them), a key has to be
/// missed twice within a while before it is kept; the while is the time in which some 65,000 other keys are missed. One miss in
/// eight is kept at once all the same: with nothing ever asked for again that costs less than a tenth, and if a whole
/// set of keys larger than the 65,000 is asked for again and again, an eighth of the look-ups are hits in the second round,
/// and everything is kept from then on.
public struct Admission {
    private var lookups = 0
    private var hits = 0
    private var isStrict = false
    private var seen: [UInt16] = []
    private var misses: UInt32 = 0

    private static let window = 4096
    private static let lookupsPerHit = 16
    private static let slots = 1 << 16
    private static let sample: UInt32 = 8

    /// Admits everything, until it has learned better.
    public init() {}

    /// A reply came from the cache.
    @inline(__always)
    public mutating func noteHit() { hits &+= 1 }

    /// Whether the reply to a miss of the key is worth keeping.
    public mutating func admits(_ hash: UInt64) -> Bool {
        lookups += 1
        if lookups + hits >= Self.window { judge() }
        return !isStrict || admitsStrictly(hash)
    }

    private mutating func judge() {
        isStrict = hits * Self.lookupsPerHit < lookups + hits
        if isStrict, seen.isEmpty { seen = [UInt16](repeating: 0, count: Self.slots) }
        lookups = 0
        hits = 0
    }

    private mutating func admitsStrictly(_ hash: UInt64) -> Bool {
        misses &+= 1
        let slot = Int(truncatingIfNeeded: hash >> 16) & (Self.slots - 1)
        let mark = UInt16(truncatingIfNeeded: hash) | 1
        if seen[slot] == mark { return true }
        seen[slot] = mark
        return misses % Self.sample == 0
    }
}
