import TestSupport
import Testing

@testable import Stats

@Suite("The buckets of a latency histogram")
struct LatencyBucketsTests {
    @Test("cover every duration once, in order, without a gap")
    func cover() {
        var next = 0
        for index in 0..<LatencyBuckets.count {
            let range = LatencyBuckets.range(of: index)
            #expect(range.lowerBound == next)
            #expect(LatencyBuckets.index(of: range.lowerBound) == index)
            #expect(LatencyBuckets.index(of: range.upperBound) == index)
            next = range.upperBound + 1
        }
        #expect(LatencyBuckets.count == 864)
        #expect(next - 1 == LatencyBuckets.longest)
        #expect(next >= 60_000_000_000)
    }

    @Test("are represented by a duration within 1.6 % of all of theirs, or 16 ns")
    func error() {
        for index in 0..<LatencyBuckets.count {
            let range = LatencyBuckets.range(of: index)
            let middle = LatencyBuckets.middle(of: index)
            for end in [range.lowerBound, range.upperBound] {
                #expect(abs(middle - end) <= max(16, end * 16 / 1000))
            }
        }
    }

    @Test("take durations beyond both ends")
    func clamping() {
        #expect(LatencyBuckets.index(of: -1) == 0)
        #expect(LatencyBuckets.index(of: .min) == 0)
        #expect(LatencyBuckets.index(of: .max) == LatencyBuckets.count - 1)
    }
}
