import Synchronization

/// How long things took: a histogram that one event loop writes and anybody may read meanwhile.
///
/// It counts in the ``LatencyBuckets``, 7 KB, from below a microsecond to over a minute. Writing is what it is for a
/// ``Counter``: plain loads and stores. The number of durations is the sum of the buckets, so a snapshot's percentiles
/// always fit its count; only the total, the least and the greatest may be a few durations ahead or behind.
///
/// There is a package that does the same well, hdrhistogram-swift; but it can't be read by one thread while another one
/// writes, so every loop would need a lock or a copy.
public final class LatencyHistogram: Sendable {
    private let buckets = CounterArray(count: LatencyBuckets.count)
    private let total = Counter()
    private let minimum = Atomic<Int>(.max)
    private let maximum = Atomic<Int>(0)

    /// A histogram of nothing.
    public init() {}

    /// Adds `count` durations of `nanoseconds` each; a negative duration counts as none. Only the loop that owns the
    /// histogram may call this.
    @inline(__always)
    public func record(nanoseconds: Int, count: Int = 1) {
        let duration = max(0, nanoseconds)
        buckets.add(count, at: LatencyBuckets.index(of: duration))
        total.add(duration &* count)
        if duration < minimum.load(ordering: .relaxed) { minimum.store(duration, ordering: .relaxed) }
        if duration > maximum.load(ordering: .relaxed) { maximum.store(duration, ordering: .relaxed) }
    }

    /// What was recorded until now.
    public func snapshot() -> LatencySnapshot {
        LatencySnapshot(
            buckets: buckets.current,
            total: total.current,
            minimum: minimum.load(ordering: .relaxed),
            maximum: maximum.load(ordering: .relaxed)
        )
    }
}
