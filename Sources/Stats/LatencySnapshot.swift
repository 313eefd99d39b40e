/// The durations that a ``LatencyHistogram`` had recorded at one moment, or several histograms together.
///
/// All durations are in nanoseconds. What the buckets give, percentiles and cumulative counts, is right to 1.6 % of the
/// duration, or 16 ns below a microsecond.
public struct LatencySnapshot: Sendable, Equatable {
    /// How many durations.
    public let count: Int
    /// Their sum.
    public let total: Int
    /// The shortest of them; 0 when there are none.
    public let minimum: Int
    /// The longest of them; 0 when there are none.
    public let maximum: Int
    private let buckets: [Int]

    /// No durations.
    public init() {
        self.init(buckets: [Int](repeating: 0, count: LatencyBuckets.count), total: 0, minimum: 0, maximum: 0)
    }

    /// What was read from a histogram. The extremes may not be there yet for what the buckets already count; then they
    /// are what the buckets say.
    init(buckets: [Int], total: Int, minimum: Int, maximum: Int) {
        self.buckets = buckets
        self.total = total
        count = buckets.reduce(0, +)
        guard let first = buckets.firstIndex(where: { $0 > 0 }), let last = buckets.lastIndex(where: { $0 > 0 }) else {
            self.minimum = 0
            self.maximum = 0
            return
        }
        self.maximum = max(maximum, LatencyBuckets.range(of: last).lowerBound)
        self.minimum = min(minimum, LatencyBuckets.range(of: first).upperBound, self.maximum)
    }

    /// Their average; 0 when there are none.
    public var mean: Double { count == 0 ? 0 : Double(total) / Double(count) }

    /// The duration that the given fraction of all doesn't exceed: 0.99 for the 99th percentile; 0 when there are none.
    public func percentile(_ fraction: Double) -> Int {
        let rank = max(1, Int((fraction * Double(count)).rounded(.up)))
        if rank >= count { return maximum }
        var seen = 0
        for (index, amount) in buckets.enumerated() {
            seen += amount
            if seen >= rank { return min(max(LatencyBuckets.middle(of: index), minimum), maximum) }
        }
        return maximum
    }

    /// For each of the bounds, in ascending order, how many durations don't exceed it: the `le` buckets of Prometheus.
    public func cumulativeCounts(upTo bounds: [Int]) -> [Int] {
        var counts: [Int] = []
        var index = 0
        var seen = 0
        for bound in bounds {
            while index < buckets.count, LatencyBuckets.middle(of: index) <= bound {
                seen += buckets[index]
                index += 1
            }
            counts.append(seen)
        }
        return counts
    }

    /// The durations of both.
    public static func + (left: LatencySnapshot, right: LatencySnapshot) -> LatencySnapshot {
        if left.count == 0 { return right }
        if right.count == 0 { return left }
        return LatencySnapshot(
            buckets: zip(left.buckets, right.buckets).map(+),
            total: left.total + right.total,
            minimum: min(left.minimum, right.minimum),
            maximum: max(left.maximum, right.maximum)
        )
    }
}
