/// Which durations a histogram of latencies tells apart.
///
/// Log-linear, as in HdrHistogram: each octave is cut into 32 equal buckets, so the middle of a bucket is within 1.6 %
/// of everything in it. Below 1024 ns there are 32 buckets of 32 ns; the last octave ends at 68.7 s (2^36 ns), and what
/// is longer counts in its last bucket. That makes 864 buckets.
enum LatencyBuckets {
    /// Durations are looked at in units of 2^5 = 32 ns.
    private static let unitBits = 5
    /// An octave has 2^5 = 32 buckets.
    private static let octaveBits = 5
    /// The longest duration that is told apart, in nanoseconds.
    static let longest = (1 << 36) - 1

    static let count = index(of: longest) + 1

    /// The bucket of a duration.
    @inline(__always)
    static func index(of nanoseconds: Int) -> Int {
        let units = min(max(nanoseconds, 0), longest) >> unitBits
        // A bucket is 2^exponent units wide: one below the first octave and in it, twice as many in each further one.
        let exponent = Int.bitWidth - 1 - octaveBits - (units | (1 << octaveBits)).leadingZeroBitCount
        return (exponent << octaveBits) + (units >> exponent)
    }

    /// The shortest and the longest duration of a bucket.
    static func range(of index: Int) -> ClosedRange<Int> {
        let exponent = max(0, (index >> octaveBits) - 1)
        let start = (index - (exponent << octaveBits)) << (exponent + unitBits)
        return start...(start + (1 << (exponent + unitBits)) - 1)
    }

    /// The duration that stands for all of a bucket.
    static func middle(of index: Int) -> Int {
        let range = range(of: index)
        return range.lowerBound + (range.upperBound - range.lowerBound) / 2
    }
}
