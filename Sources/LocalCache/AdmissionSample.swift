/// Tells from a sample of keys whether keeping everything that is missed pays, beside keeping what is missed twice
/// within a while.
///
/// The keys of the sample are always kept. Of each that is asked for it is known whether the stricter cache would have
/// it, too (``RecentSamples``), so that it can be counted how many more fills and how many more hits everything makes.
/// A fill costs a few microseconds of two processors, and what is hit saves the time of a round trip: so keeping
/// everything pays as long as it takes no more than eight of these fills for one of those hits.
///
/// Each loop has a sample of what its own clients ask for. What is hit though the sample doesn't know it was filled by
/// another loop, which has counted the fill.
struct AdmissionSample {
    /// Whether it pays; nil as long as nobody can tell.
    private(set) var pays: Bool?
    private var moreFills = 0
    private var moreHits = 0
    private var keys = RecentSamples()
    private var latest: (hash: UInt64, standing: RecentSamples.Standing)?

    /// One key in so many, chosen by its hash.
    static let interval = 256
    /// What is asked for again after no more than so many others were is remembered (``RecentKeys``).
    private static let recent = 12_000
    /// So many fills and hits are enough to tell.
    private static let verdictSize = 128
    private static let fillsPerHit = 8
    /// To begin with it again it has to pay twice as well.
    private static let fillsPerHitToReturn = 4

    /// Of a cache that has room for fewer keys than that the sample would tell little.
    private static let smallestRoom = 8 * interval

    /// A key of the sample is asked for, of a cache that has room for `room` keys of all.
    mutating func asked(_ hash: UInt64, room: Int) {
        guard room >= Self.smallestRoom else { return forget() }
        latest = (hash, keys.note(hash, room: room / Self.interval, while: Self.recent / Self.interval))
    }

    /// It was a hit, of a cache that keeps everything or of one that has always room for the sample.
    mutating func hit(_ hash: UInt64, keepingAll: Bool) {
        guard let standing = take(hash) else { return }
        if keepingAll || standing.isNear || !standing.isKnown {
            if !standing.isKept { count(hits: 1) }
        } else if !standing.isSecond {
            // A cache full of everything would have had to fetch it again.
            count(fills: 1)
        }
    }

    /// It was a miss, and is kept.
    mutating func missed(_ hash: UInt64) {
        guard let standing = take(hash) else { return }
        if standing.isNear { keys.lose(hash, standing) }
        if !standing.isSecond { count(fills: 1) }
    }

    /// What comes next need not be worth as much as what came, but what wasn't worth it likely isn't worth more.
    mutating func forgetUnlessUseless() {
        if pays != false { forget() }
    }

    private mutating func forget() {
        pays = nil
        moreFills = 0
        moreHits = 0
        latest = nil
    }

    /// What is looked up again, because it was in doubt, was asked for once.
    private mutating func take(_ hash: UInt64) -> RecentSamples.Standing? {
        guard let latest, latest.hash == hash else { return nil }
        self.latest = nil
        return latest.standing
    }

    private mutating func count(fills: Int = 0, hits: Int = 0) {
        moreFills += fills
        moreHits += hits
        guard moreFills + moreHits >= Self.verdictSize else { return }
        pays = moreHits * (pays == false ? Self.fillsPerHitToReturn : Self.fillsPerHit) >= moreFills
        moreFills = 0
        moreHits = 0
    }
}
