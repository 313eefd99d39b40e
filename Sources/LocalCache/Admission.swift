/// Decides whether a key is worth looking for, and what is missed worth keeping.
///
/// A fill costs the server two commands more, CLIENT CACHING and PTTL, and tracking; a look-up in a large table costs a
/// miss of the processor's own cache. As long as some of what is kept is asked for again, both pay. When it isn't (fewer than
/// one read in 128 was a hit), the cache steps aside: a key has to be asked for twice within a while before it is looked
/// for and kept; the while is the time in which some 12,000 other keys are asked for. So what is hot is served even then,
/// and a scan or a crawl costs little.
///
/// It is judged every 4,096 reads, and all keys are looked for and kept again once a quarter of them were hits: for a million
/// reads at least, so that a large set of keys can come round before that is judged again. A set that is asked for again only
/// after more than those 12,000 others would never be noticed so. Therefore one key in 256, chosen by its hash, is looked for
/// and kept all the same: those tell what would become of the others, and it is enough if a 128th of their reads are hits.
/// Only such hits count as the key would have given in a cache that is full of everything (``RecentSamples``): the sample
/// itself always finds room, but a set of keys that is larger than the cache has driven out each before it comes round.
public struct Admission {
    @usableFromInline var reads = 0
    @usableFromInline var hits = 0
    private var sampledReads = 0
    @usableFromInline var sampledHits = 0
    @usableFromInline var window = Self.shortWindow
    /// Whether keys have to be asked for twice.
    public private(set) var isStrict = false
    /// For how many keys of those that it judges the cache has room.
    public var room = Int.max
    private var samples = RecentSamples()
    /// Whether the key that is asked for is one of the sample, and would be found if everything were kept.
    @usableFromInline var wouldBeHit = false
    private var recent = RecentKeys()

    private static let shortWindow = 1 << 12
    private static let longWindow = 1 << 20
    /// Reads of sampled keys, while there are some 262,000 of others.
    private static let sampleWindow = 1 << 10
    private static let readsPerHit = 128
    /// A few hot keys, which are served anyway, are no reason to keep everything.
    private static let readsPerHitToReturn = 4

    /// Admits everything, until it has learned better.
    public init() {}

    @usableFromInline static let keysPerSample = 256

    /// Whether the key is one of those by which the others are judged.
    @inlinable
    static func isSampled(_ hash: UInt64) -> Bool { (hash >> 32) % UInt64(keysPerSample) == 0 }

    /// A look-up of the key was a hit.
    @inlinable
    public mutating func noteHit(_ hash: UInt64) {
        hits &+= 1
        if isStrict, Self.isSampled(hash), wouldBeHit { sampledHits &+= 1 }
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

    /// What ``admits(_:)`` would say; nothing changes by it.
    public func wouldAdmit(_ hash: UInt64) -> Bool {
        !isStrict || Self.isSampled(hash) || recent.contains(hash)
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
        reads = 0
        hits = 0
    }

    @usableFromInline
    mutating func admitsStrictly(_ hash: UInt64) -> Bool {
        guard Self.isSampled(hash) else { return recent.note(hash) }
        sampledReads &+= 1
        wouldBeHit = samples.note(hash, within: room / Self.keysPerSample)
        return true
    }
}
