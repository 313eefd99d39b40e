import Stats

/// What one event loop counts, for anybody to read.
struct LoopStatistics: Sendable {
    let counters: LoopCounters
    /// What it counts of the cache, if there is one.
    let cache: CacheCounters?
    /// Which keys are asked for most.
    let topKeys: TopKeys?
}
