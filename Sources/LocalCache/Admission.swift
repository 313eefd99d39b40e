/// Decides whether a miss is worth keeping.
///
/// A fill costs the server two commands more, CLIENT CACHING and PTTL, and tracking. As long as some of what is kept is
/// asked for again that pays. When it isn't (fewer than one look-up in 128 was a hit), a key has to be missed twice within
/// a while before it is kept; the while is the time in which some 65,000 other keys are missed. One miss in 64 is kept at
/// once all the same. With nothing ever asked for again that costs a few percent; and when keys are asked for again after
/// all, later than that, those few are hits, which shows in the next 4,096 look-ups. Then everything is kept for a
/// million look-ups at least, so that a large set of keys can come round before that is judged again.
public struct Admission {
    private var lookups = 0
    private var hits = 0
    private var window = Self.shortWindow
    private var isStrict = false
    private var seen: [UInt16] = []
    private var misses: UInt32 = 0

    private static let shortWindow = 1 << 12
    private static let longWindow = 1 << 20
    private static let lookupsPerHit = 128
    private static let slots = 1 << 16
    private static let sample: UInt32 = 64

    /// Admits everything, until it has learned better.
    public init() {}

    /// A reply came from the cache.
    @inline(__always)
    public mutating func noteHit() { hits &+= 1 }

    /// Whether the reply to a miss of the key is worth keeping.
    public mutating func admits(_ hash: UInt64) -> Bool {
        lookups += 1
        if lookups + hits >= window { judge() }
        return !isStrict || admitsStrictly(hash)
    }

    private mutating func judge() {
        let wasStrict = isStrict
        isStrict = hits * Self.lookupsPerHit < lookups + hits
        window = wasStrict && !isStrict ? Self.longWindow : Self.shortWindow
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
