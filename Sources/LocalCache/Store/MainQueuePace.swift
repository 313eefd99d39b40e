/// How long the main queue keeps an entry that isn't hit, in what else is evicted unhit meanwhile.
///
/// An entry that is asked for again when it has left the small queue will, most likely, be asked for again after as
/// long. Unless the main queue would keep it for that long, it would leave unhit, and have pushed out one that might
/// have been hit: on a loop that is longer than the cache all would do that to each other, and none would ever be
/// found. As fewer come, the queue slows down, until those that still come stay for long enough.
struct MainQueuePace {
    private static let shortestWindow = 64
    private static let windowsInEntries = 8
    /// How much of the queue's lap may be over when an entry is hit again, as it can't be foreseen exactly. With less
    /// of it loops are held better, with more what is asked for less and less.
    private static let usableLap = 0.8

    private var passed = 0
    private var evicted = 0
    /// How much the main queue's end passes while one entry is evicted unhit elsewhere.
    private var passedPerEvicted = 0.0

    /// The end of the main queue has passed `weight`.
    mutating func notePassed(_ weight: Int) { passed += weight }

    /// An entry was evicted that a ghost remembers, from a cache of `entries`.
    mutating func noteEvicted(of entries: Int) {
        evicted += 1
        guard evicted >= max(Self.shortestWindow, entries / Self.windowsInEntries) else { return }
        let latest = Double(passed) / Double(evicted)
        passedPerEvicted += (latest - passedPerEvicted) / (passedPerEvicted == 0 ? 1 : 4)
        passed = 0
        evicted = 0
    }

    /// Whether a main queue of this weight keeps for long enough what comes again after `distance` others were evicted.
    func outlasts(_ distance: Double, weight: Int) -> Bool {
        distance * passedPerEvicted <= Self.usableLap * Double(weight)
    }
}
