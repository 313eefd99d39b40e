/// How many entries a cache has room for: as many as it held when one was evicted last, or has held since.
///
/// As long as none has been, nobody can tell, and there is room for everything; likewise once a tenth of them are gone,
/// which were invalidated or have expired. How much memory is taken wouldn't say it: what is freed in a block of many
/// stays taken.
public struct Room {
    /// How many; `Int.max` if there is no telling.
    public private(set) var entries = Int.max
    private var held = 0
    private var evictions = 0

    /// Of a cache that nothing is known of.
    public init() {}

    /// This is what the cache holds and has done by now. To be called every second or so.
    public mutating func note(_ statistics: EntryStoreStatistics) {
        let count = statistics.entries
        if Self.isLoss(from: held, to: count) {
            // Whatever was evicted before that, in the same second, says nothing of what is held now.
            entries = .max
        } else if statistics.evictions > evictions {
            entries = count
        } else if entries != .max {
            entries = Self.isLoss(from: entries, to: count) ? .max : max(entries, count)
        }
        held = count
        evictions = statistics.evictions
    }

    private static func isLoss(from before: Int, to now: Int) -> Bool { now < before - before / 10 }
}
