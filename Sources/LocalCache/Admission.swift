/// Decides whether a miss is worth keeping.
///
/// A fill costs the server a second command, PTTL, and the connection its tracking. As long as what is kept is asked for
/// again that pays. When it isn't (fewer than one hit for sixteen fills, over a thousand of them), a key has to be missed
/// twice within a while before it is kept; the while is the time in which some 65,000 other keys are missed. A few are kept
/// at the first miss all the same, so that the cache finds out when things change.
public struct Admission {
    private var fills = 0
    private var hits = 0
    private var isStrict = false
    private var seen: [UInt16] = []
    private var misses: UInt32 = 0

    private static let window = 1024
    private static let hitsPerFills = 16
    private static let slots = 1 << 16
    private static let sample: UInt32 = 32

    /// Admits everything, until it has learned better.
    public init() {}

    /// A reply came from the cache.
    @inline(__always)
    public mutating func noteHit() { hits &+= 1 }

    /// Whether the reply to a miss of the key is worth keeping.
    @inline(__always)
    public mutating func admits(_ hash: UInt64) -> Bool {
        if isStrict, !admitsStrictly(hash) { return false }
        fills += 1
        if fills == Self.window { judge() }
        return true
    }

    private mutating func judge() {
        isStrict = hits < fills / Self.hitsPerFills
        if isStrict, seen.isEmpty { seen = [UInt16](repeating: 0, count: Self.slots) }
        fills = 0
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
