/// Decides whether a key is worth looking for, and what is missed worth keeping.
///
/// A fill costs the server two commands more, CLIENT CACHING and PTTL, and tracking; a look-up in a large table costs a
/// miss of the processor's own cache. As long as some of what is kept is asked for again, both pay. When it isn't, and
/// 20,000 reads or more come in a second, which is when the cost would be felt, the cache becomes choosy, in two steps:
///
/// - If keeping everything brings hardly more hits than keeping what is missed twice within a while, only that is kept
///   (CDNs call it cache on second hit). The while is the time in which some 12,000 other keys are missed. So among
///   hits, what comes by once costs little. Which it is, a sample tells: one key in 256, chosen by its hash, is kept
///   all the same (``AdmissionSample``).
/// - If hardly anything is hit at all (fewer than one read in 128), it steps aside: keys aren't even looked for unless
///   they were asked for within that while, or are of the sample. It does so after 4,096 reads at most, before the
///   sample can tell, and until it tells otherwise or a quarter of the reads are hits nevertheless.
///
/// When less is asked for, everything is kept: a cache that fills up as it is read is what people expect. (The pace is
/// that of the reads that are judged together, so a batch of some thousands counts as a rush while it lasts.) What the
/// sample has told to the disadvantage of everything is remembered, for the next rush.
public struct Admission {
    /// What is looked for and kept.
    public enum Mode: Sendable {
        /// All is looked for and kept.
        case keepingAll
        /// All is looked for, and kept if it is missed twice within a while.
        case keepingSecondHits
        /// What is asked for twice within a while is looked for and kept.
        case standingAside
    }

    /// How choosy it is.
    public private(set) var mode = Mode.keepingAll
    @usableFromInline var reads = 0
    @usableFromInline var hits = 0
    @usableFromInline var window = Self.usualWindow
    private var windowBegan: CacheTime
    /// The reads before those.
    private var judgedReads = 0
    private var latestReview: (reads: Int, time: CacheTime)
    /// For how many keys of those that it judges the cache has room.
    private var room = Int.max
    private var sample = AdmissionSample()
    private var recent = RecentKeys()

    private static let usualWindow = 1 << 12
    /// What was useless before the pace slackened likely is afterwards. But a batch now and then is no rush.
    private static let probation = 1 << 10
    private static let readsPerHit = 128
    /// A few hot keys, which are served anyway, are no reason to look for everything.
    private static let readsPerHitToReturn = 4

    /// Reads that come more slowly cost less than a tenth of a processor, whatever is done for them.
    private static let readsPerMillisecond = 20

    /// Admits everything, until it has learned better.
    public init(now: CacheTime) {
        windowBegan = now
        latestReview = (0, now)
    }

    @usableFromInline static let keysPerSample = AdmissionSample.interval

    /// Whether the key is one of those by which the others are judged.
    @inlinable
    static func isSampled(_ hash: UInt64) -> Bool { (hash >> 32) % UInt64(keysPerSample) == 0 }

    /// Whether a key that is read is worth a look-up.
    @inlinable
    public mutating func admits(_ hash: UInt64, now: CacheTime) -> Bool {
        reads &+= 1
        if reads >= window { judge(now) }
        if Self.isSampled(hash) {
            noteSample(hash)
            return true
        }
        return mode != .standingAside || noteRecent(hash)
    }

    /// A look-up of the key was a hit.
    @inlinable
    public mutating func noteHit(_ hash: UInt64) {
        hits &+= 1
        if Self.isSampled(hash) { noteSampledHit(hash) }
    }

    /// A look-up of the key was a miss.
    public mutating func noteMiss(_ hash: UInt64) {
        if Self.isSampled(hash) { sample.missed(hash) }
    }

    /// Whether the reply to a miss is worth keeping.
    public mutating func keeps(_ hash: UInt64) -> Bool {
        mode != .keepingSecondHits || Self.isSampled(hash) || recent.note(hash)
    }

    /// A look-up wasn't possible: the cache is shut. That says nothing about what is asked for.
    public mutating func noteShut() {
        if reads > 0 { reads -= 1 }
    }

    /// What ``admits(_:now:)`` would say; nothing changes by it.
    public func wouldAdmit(_ hash: UInt64) -> Bool { mode != .standingAside || isKnown(hash) }

    /// What ``keeps(_:)`` would say; nothing changes by it.
    public func wouldKeep(_ hash: UInt64) -> Bool { mode != .keepingSecondHits || isKnown(hash) }

    private func isKnown(_ hash: UInt64) -> Bool { Self.isSampled(hash) || recent.contains(hash) }

    /// To be called every second. There is room for as many keys (``Room``).
    public mutating func review(room: Int, now: CacheTime) {
        self.room = room
        let total = judgedReads &+ reads
        let isRush = isFast(total &- latestReview.reads, since: latestReview.time, now)
        latestReview = (total, now)
        guard !isRush else { return }
        // The next judgement may be long in coming, and a rush that begins then shouldn't be taken for a part of this.
        sample.forgetUnlessUseless()
        if mode != .keepingAll { window = Self.probation }
        beginWindow(.keepingAll, now)
    }

    @usableFromInline
    mutating func judge(_ now: CacheTime) {
        let isRush = isFast(reads, since: windowBegan, now)
        if isRush || mode == .keepingAll && hits * Self.readsPerHit >= reads {
            window = Self.usualWindow
        } else if mode != .keepingAll {
            window = Self.probation
        }
        beginWindow(isRush ? modeOfRush : .keepingAll, now)
    }

    private var modeOfRush: Mode {
        if sample.pays == true { return .keepingAll }
        let readsPerHit = mode == .standingAside ? Self.readsPerHitToReturn : Self.readsPerHit
        if hits * readsPerHit < reads { return .standingAside }
        return sample.pays == nil ? .keepingAll : .keepingSecondHits
    }

    private func isFast(_ reads: Int, since began: CacheTime, _ now: CacheTime) -> Bool {
        now.milliseconds(since: began) * Self.readsPerMillisecond <= reads
    }

    private mutating func beginWindow(_ mode: Mode, _ now: CacheTime) {
        self.mode = mode
        judgedReads &+= reads
        reads = 0
        hits = 0
        windowBegan = now
    }

    @usableFromInline
    mutating func noteRecent(_ hash: UInt64) -> Bool { recent.note(hash) }

    @usableFromInline
    mutating func noteSample(_ hash: UInt64) { sample.asked(hash, room: room) }

    @usableFromInline
    mutating func noteSampledHit(_ hash: UInt64) { sample.hit(hash, keepingAll: mode == .keepingAll) }
}
