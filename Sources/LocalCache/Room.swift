/// How many entries a cache has room for: as many as it held when one was evicted last.
///
/// As long as none has been, nobody can tell, and there is room for everything; likewise once a tenth of them are gone, which
/// were invalidated or have expired. How much memory is taken wouldn't say it: what is freed in a block of many stays taken.
public struct Room {
    /// How many; `Int.max` if there is no telling.
    public private(set) var entries = Int.max
    private var evictions = 0

    /// Of a cache that nothing is known of.
    public init() {}

    /// This is what the cache holds and has done by now.
    public mutating func note(_ statistics: EntryStoreStatistics) {
        if statistics.evictions > evictions {
            entries = statistics.entries
        } else if statistics.entries < entries - entries / 10 {
            entries = .max
        }
        evictions = statistics.evictions
    }
}
