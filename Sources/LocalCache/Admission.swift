/// Decides whether a key is worth looking for, and what is missed worth keeping.
///
/// A fill costs the server two commands more, CLIENT CACHING and PTTL, and tracking; a look-up in a large table costs a
/// miss of the processor's own cache. As long as some of what is kept is asked for again, both pay. When it isn't (fewer than
/// one look-up in 128 was a hit), the cache steps aside: a key has to be asked for twice within a while before it is looked
/// for and kept; the while is the time in which some 65,000 other keys are asked for. So what is hot is served even then,
/// and a scan or a crawl costs little.
///
/// One key in 256, chosen by its hash, is looked for and kept all the same. Those tell what would become of the others:
/// once a 128th of the look-ups of those is a hit, all keys are looked for and kept again, for a million look-ups at
/// least, so that a large set of keys can come round before that is judged again.
public struct Admission {
    private var lookups = 0
    private var hits = 0
    private var window = Self.shortWindow
    private var isStrict = false
    /// For each slot the key that was asked for last, as far as 16 bits can tell.
    private var seen: [UInt16] = []

    private static let shortWindow = 1 << 12
    private static let longWindow = 1 << 20
    /// Look-ups of sampled keys, while there are some 262,000 of others.
    private static let sampleWindow = 1 << 10
    private static let lookupsPerHit = 128
    private static let slots = 1 << 16

    /// Admits everything, until it has learned better.
    public init() {}

    /// Whether the key is one of those by which the others are judged.
    @inline(__always)
    private static func isSampled(_ hash: UInt64) -> Bool { (hash >> 32) & 255 == 0 }

    /// A look-up of the key was a hit.
    @inline(__always)
    public mutating func noteHit(_ hash: UInt64) {
        if !isStrict || Self.isSampled(hash) { hits &+= 1 }
    }

    /// A look-up of the key wasn't possible: the cache is shut. That says nothing about the key.
    public mutating func noteShut(_ hash: UInt64) {
        if lookups > 0, !isStrict || Self.isSampled(hash) { lookups -= 1 }
    }

    /// Whether the key is worth a look-up, and the reply to a miss worth keeping.
    @inline(__always)
    public mutating func admits(_ hash: UInt64) -> Bool {
        guard !isStrict || Self.isSampled(hash) else { return wasSeen(hash) }
        lookups &+= 1
        if lookups >= window { judge() }
        return true
    }

    /// What ``admits(_:)`` would say; nothing changes by it.
    public func wouldAdmit(_ hash: UInt64) -> Bool {
        !isStrict || Self.isSampled(hash) || seen[Self.slot(hash)] == Self.mark(hash)
    }

    private mutating func judge() {
        let wasStrict = isStrict
        isStrict = hits * Self.lookupsPerHit < lookups
        window = isStrict ? Self.sampleWindow : wasStrict ? Self.longWindow : Self.shortWindow
        if isStrict, seen.isEmpty { seen = [UInt16](repeating: 0, count: Self.slots) }
        lookups = 0
        hits = 0
    }

    @inline(__always)
    private static func slot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 16) & (slots - 1) }

    @inline(__always)
    private static func mark(_ hash: UInt64) -> UInt16 { UInt16(truncatingIfNeeded: hash) | 1 }

    private mutating func wasSeen(_ hash: UInt64) -> Bool {
        let slot = Self.slot(hash)
        let mark = Self.mark(hash)
        if seen[slot] == mark { return true }
        seen[slot] = mark
        return false
    }
}
