import CacheClient

/// What has happened between two moments, by the server's own clock.
struct StatisticsRates {
    private let current: ServerStatistics
    /// Nil also when the server was started anew in between, and everything counts from zero.
    private let previous: ServerStatistics?
    private let seconds: Double

    init(_ current: ServerStatistics, since previous: ServerStatistics?) {
        self.current = current
        seconds = (current.uptimeSeconds ?? 0) - (previous?.uptimeSeconds ?? 0)
        self.previous = seconds > 0 ? previous : nil
    }

    /// How much a counter grew in a second; nil if that isn't known.
    func perSecond(_ counter: StatisticsCounter) -> Double? { growth(counter.value).map { Double($0) / seconds } }

    /// The hit rate in the meantime; nil if there were no reads.
    var hitRate: Double? {
        guard let hits = growth({ $0.requests.map { $0.hits + $0.negativeHits } }),
            let misses = growth({ $0.requests.map { $0.misses + $0.coalesced } }), hits + misses > 0
        else { return nil }
        return Double(hits) / Double(hits + misses)
    }

    private func growth(_ value: (ServerStatistics) -> Int?) -> Int? {
        guard let previous, let before = value(previous), let now = value(current), now >= before else { return nil }
        return now - before
    }
}
