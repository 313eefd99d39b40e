/// Whether entries that were hit only in the burst in which they came are asked for again.
///
/// A batch job reads each thing a few times, and never more; a person's session is read in bursts, one for each page.
/// For the one it is best to forget what comes in bursts, for the other to keep it. So it is watched how many of those
/// that were evicted come back while the main queue would still have had them. Where that is a third they are kept, but
/// for one in 16, by which it is seen if it changes.
struct Bursts {
    private static let shortestWindow = 32
    private static let windowsInEntries = 32
    private static let leastReturning = 1.0 / 3
    private static let watchedShare = 1.0 / 16

    private var evicted = 0
    private var returned = 0
    private var returning = 0.0

    /// Such an entry was evicted from a cache of `entries`.
    mutating func noteEvicted(of entries: Int) {
        evicted += 1
        guard evicted >= max(Self.shortestWindow, entries / Self.windowsInEntries) else { return }
        returning += (Double(returned) / Double(evicted) - returning) / 4
        evicted = 0
        returned = 0
    }

    /// One of them is asked for again, in time.
    mutating func noteReturned() { returned += 1 }

    /// Whether one is kept, `chance` being a random number from 0 up to 1.
    func areKept(_ chance: Double) -> Bool { returning > Self.leastReturning && chance >= Self.watchedShare }
}
