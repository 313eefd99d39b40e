/// Decides whether a key is worth looking for, and what is missed worth keeping.
///
/// A fill costs the server two commands more, CLIENT CACHING and PTTL, and tracking; a look-up in a large table costs a
/// miss of the processor's own cache. As long as some of what is kept is asked for again, both pay. When it isn't (fewer than
/// one read in 128 was a hit), and 20,000 reads or more come in a second, which is when the cost would be felt, the cache
/// steps aside: a key has to be asked for twice within a while before it is looked for and kept; the while is the time in
/// which some 12,000 other keys are asked for. So what is hot is served even then, and a scan or a crawl costs little. When
/// less is asked for, everything is kept: a cache that fills up as it is read is what people expect. (The pace is that of
/// the reads that are judged together, so a batch of some thousands counts as a rush while it lasts.)
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
    private var windowBegan: CacheTime
    /// The reads before those.
    private var judgedReads = 0
    private var latestReview: (reads: Int, time: CacheTime)
    /// For how many keys of those that it judges the cache has room.
    private var room = Int.max
    private var samples = RecentSamples()
    /// Whether the key that is asked for is one of the sample, and would be found if everything were kept.
    @usableFromInline var wouldBeHit = false
    private var recent = RecentKeys()

    private static let shortWindow = 1 << 12
    private static let longWindow = 1 << 20
    /// What was useless before the pace slackened likely is afterwards. But a batch now and then is no rush.
    private static let probation = 1 << 10
    /// Reads of sampled keys, while there are some 262,000 of others.
    private static let sampleWindow = 1 << 10
    private static let readsPerHit = 128
    /// A few hot keys, which are served anyway, are no reason to keep everything.
    private static let readsPerHitToReturn = 4

    /// Reads that come more slowly cost less than a tenth of a processor, whatever is done for them.
    private static let readsPerMillisecond = 20

    /// Admits everything, until it has learned better.
    public init(now: CacheTime) {
        windowBegan = now
        latestReview = (0, now)
    }

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
    public mutating func admits(_ hash: UInt64, now: CacheTime) -> Bool {
        reads &+= 1
        if reads >= window { judge(now) }
        return !isStrict || admitsStrictly(hash)
    }

    /// What ``admits(_:now:)`` would say; nothing changes by it.
    public func wouldAdmit(_ hash: UInt64) -> Bool {
        !isStrict || Self.isSampled(hash) || recent.contains(hash)
    }

    /// To be called every second. There is room for as many keys (``Room``).
    public mutating func review(room: Int, now: CacheTime) {
        self.room = room
        let total = judgedReads &+ reads
        let isRush = isFast(total &- latestReview.reads, since: latestReview.time, now)
        latestReview = (total, now)
        guard !isRush else { return }
        // The next judgement may be long in coming, and a rush that begins then shouldn't be taken for a part of this.
        window = isStrict ? Self.probation : min(window, Self.shortWindow)
        beginWindow(strictly: false, now)
    }

    @usableFromInline
    mutating func judge(_ now: CacheTime) {
        var isUseless = hits * (isStrict ? Self.readsPerHitToReturn : Self.readsPerHit) < reads
        let isSampleLarge = sampledReads >= Self.sampleWindow
        if isSampleLarge, sampledHits * Self.readsPerHit >= sampledReads { isUseless = false }
        let willBeStrict = isUseless && isFast(reads, since: windowBegan, now)
        if isSampleLarge || !willBeStrict {
            sampledReads = 0
            sampledHits = 0
        }
        if !isUseless {
            window = isStrict ? Self.longWindow : Self.shortWindow
        } else if willBeStrict {
            window = Self.shortWindow
        } else if isStrict {
            window = Self.probation
        }
        beginWindow(strictly: willBeStrict, now)
    }

    private func isFast(_ reads: Int, since began: CacheTime, _ now: CacheTime) -> Bool {
        now.milliseconds(since: began) * Self.readsPerMillisecond <= reads
    }

    private mutating func beginWindow(strictly: Bool, _ now: CacheTime) {
        isStrict = strictly
        judgedReads &+= reads
        reads = 0
        hits = 0
        windowBegan = now
    }

    @usableFromInline
    mutating func admitsStrictly(_ hash: UInt64) -> Bool {
        guard Self.isSampled(hash) else { return recent.note(hash) }
        sampledReads &+= 1
        wouldBeHit = samples.note(hash, within: room / Self.keysPerSample)
        return true
    }
}
