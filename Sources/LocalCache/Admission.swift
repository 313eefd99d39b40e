import CPrefetch

/// Decides whether a key is worth looking for, and what is missed worth keeping.
///
/// A fill costs the server two commands more, CLIENT CACHING and PTTL, and tracking; a look-up in a large table costs a
/// miss of the processor's own cache. As long as some of what is kept is asked for again, both pay. When it isn't (fewer than
/// one read in 128 was a hit), the cache steps aside: a key has to be asked for twice within a while before it is looked
/// for and kept; the while is the time in which some 65,000 other keys are asked for. So what is hot is served even then,
/// and a scan or a crawl costs little.
///
/// It is judged every 4,096 reads, and all keys are looked for and kept again once a quarter of them were hits: for a million
/// reads at least, so that a large set of keys can come round before that is judged again. A set that is asked for again only
/// after more than those 65,000 others would never be noticed so. Therefore one key in 256, chosen by its hash, is looked for
/// and kept all the same: those tell what would become of the others, and it is enough if a 128th of their reads are hits.
public struct Admission {
    @usableFromInline var reads = 0
    @usableFromInline var hits = 0
    private var sampledReads = 0
    @usableFromInline var sampledHits = 0
    @usableFromInline var window = Self.shortWindow
    /// Whether keys have to be asked for twice.
    public private(set) var isStrict = false
    /// For each slot the key that was asked for last, as far as 16 bits can tell.
    private var seen: [UInt16] = []

    private static let shortWindow = 1 << 12
    private static let longWindow = 1 << 20
    /// Reads of sampled keys, while there are some 262,000 of others.
    private static let sampleWindow = 1 << 10
    private static let readsPerHit = 128
    /// A few hot keys, which are served anyway, are no reason to keep everything.
    private static let readsPerHitToReturn = 4
    private static let slots = 1 << 16

    /// Admits everything, until it has learned better.
    public init() {}

    /// Whether the key is one of those by which the others are judged.
    @inlinable
    static func isSampled(_ hash: UInt64) -> Bool { (hash >> 32) & 255 == 0 }

    /// A look-up of the key was a hit.
    @inlinable
    public mutating func noteHit(_ hash: UInt64) {
        hits &+= 1
        if isStrict, Self.isSampled(hash) { sampledHits &+= 1 }
    }

    /// A look-up wasn't possible: the cache is shut. That says nothing about what is asked for.
    public mutating func noteShut() {
        if reads > 0 { reads -= 1 }
    }

    /// Whether a key that is read is worth a look-up, and the reply to a miss worth keeping.
    @inlinable
    public mutating func admits(_ hash: UInt64) -> Bool {
        reads &+= 1
        if reads >= window { judge() }
        return !isStrict || admitsStrictly(hash)
    }

    /// Brings near what ``admits(_:)`` will look at while keys have to be asked for twice.
    public func prefetch(_ hashes: UnsafeBufferPointer<UInt64>) {
        seen.withUnsafeBufferPointer { seen in
            for hash in hashes { ocm_prefetch(seen.baseAddress.unsafelyUnwrapped + Self.slot(hash)) }
        }
    }

    /// What ``admits(_:)`` would say; nothing changes by it.
    public func wouldAdmit(_ hash: UInt64) -> Bool {
        !isStrict || Self.isSampled(hash) || seen[Self.slot(hash)] == Self.mark(hash)
    }

    @usableFromInline
    mutating func judge() {
        let wasStrict = isStrict
        isStrict = hits * (wasStrict ? Self.readsPerHitToReturn : Self.readsPerHit) < reads
        let isSampleLarge = sampledReads >= Self.sampleWindow
        if isSampleLarge, sampledHits * Self.readsPerHit >= sampledReads { isStrict = false }
        if isSampleLarge || !isStrict {
            sampledReads = 0
            sampledHits = 0
        }
        window = wasStrict && !isStrict ? Self.longWindow : Self.shortWindow
        if isStrict, seen.isEmpty { seen = [UInt16](repeating: 0, count: Self.slots) }
        reads = 0
        hits = 0
    }

    @inline(__always)
    private static func slot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash >> 16) & (slots - 1) }

    @inline(__always)
    private static func mark(_ hash: UInt64) -> UInt16 { UInt16(truncatingIfNeeded: hash) | 1 }

    @usableFromInline
    mutating func admitsStrictly(_ hash: UInt64) -> Bool {
        if Self.isSampled(hash) {
            sampledReads &+= 1
            return true
        }
        let slot = Self.slot(hash)
        let mark = Self.mark(hash)
        if seen[slot] == mark { return true }
        seen[slot] = mark
        return false
    }
}
