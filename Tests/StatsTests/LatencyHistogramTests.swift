import Dispatch
import Stats
import Synchronization
import TestSupport
import Testing

@Suite("Latency histograms")
struct LatencyHistogramTests {
    /// Durations from 100 ns to 10 s, each order of magnitude as likely as the next.
    private func durations(_ count: Int, seed: UInt64) -> [Int] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in
            let magnitude = [100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000]
            return random.pick(magnitude) * Int.random(in: 100...999, using: &random) / 100
        }
    }

    private func histogram(_ durations: [Int]) -> LatencyHistogram {
        let histogram = LatencyHistogram()
        for duration in durations { histogram.record(nanoseconds: duration) }
        return histogram
    }

    @Test("percentiles are those of the sorted durations, to 1.6 % or 16 ns")
    func percentiles() {
        let durations = durations(50_000, seed: 1)
        let sorted = durations.sorted()
        let snapshot = histogram(durations).snapshot()
        #expect(snapshot.count == 50_000)
        #expect(snapshot.total == durations.reduce(0, +))
        #expect(abs(snapshot.mean - Double(snapshot.total) / 50_000) < 0.001)
        #expect(snapshot.minimum == sorted.first)
        #expect(snapshot.maximum == sorted.last)
        for fraction in [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 0.9999] {
            let exact = sorted[max(1, Int((fraction * 50_000).rounded(.up))) - 1]
            #expect(abs(snapshot.percentile(fraction) - exact) <= max(16, exact * 16 / 1000))
        }
        #expect(snapshot.percentile(1) == sorted.last)
    }

    @Test("cumulative counts are those of the durations, up to those within 1.6 % of the bound")
    func cumulativeCounts() {
        let durations = durations(20_000, seed: 2)
        let bounds = [250, 1000, 100_000, 1_000_000, 25_000_000, 1_000_000_000, 100_000_000_000]
        let counts = histogram(durations).snapshot().cumulativeCounts(upTo: bounds)
        for (bound, count) in zip(bounds, counts) {
            let slack = max(16, bound * 16 / 1000)
            #expect(count >= durations.count { $0 <= bound - slack })
            #expect(count <= durations.count { $0 <= bound + slack })
        }
        #expect(counts == counts.sorted())
        #expect(counts.last == 20_000)
    }

    @Test("two together are what one would have been")
    func merging() {
        let durations = durations(10_000, seed: 3)
        let together = histogram(durations).snapshot()
        let parts = [durations.prefix(1000), durations.dropFirst(1000)].map { histogram(Array($0)).snapshot() }
        #expect(parts[0] + parts[1] == together)
        #expect(parts.reduce(LatencySnapshot(), +) == together)
        #expect(together + LatencySnapshot() == together)
    }

    @Test("many at once count as many")
    func weight() {
        let histogram = LatencyHistogram()
        histogram.record(nanoseconds: 2000, count: 99)
        histogram.record(nanoseconds: 1_000_000, count: 1)
        let snapshot = histogram.snapshot()
        #expect(snapshot.count == 100)
        #expect(snapshot.total == 1_198_000)
        #expect(snapshot.percentile(0.99) < 2100)
        #expect(snapshot.percentile(0.991) == 1_000_000)
    }

    @Test("nothing recorded is all zeros")
    func empty() {
        let snapshot = LatencyHistogram().snapshot()
        #expect(snapshot == LatencySnapshot())
        #expect(snapshot.count == 0 && snapshot.mean == 0 && snapshot.minimum == 0 && snapshot.maximum == 0)
        #expect(snapshot.percentile(0.5) == 0)
        #expect(snapshot.cumulativeCounts(upTo: [1, .max]) == [0, 0])
    }

    @Test("durations beyond both ends are kept")
    func clamping() {
        let snapshot = histogram([-5, 3_600_000_000_000]).snapshot()
        #expect(snapshot.count == 2)
        #expect(snapshot.minimum == 0)
        #expect(snapshot.maximum == 3_600_000_000_000)
        #expect(snapshot.percentile(1) == 3_600_000_000_000)
        #expect(snapshot.cumulativeCounts(upTo: [60_000_000_000, .max]) == [1, 2])
    }

    @Test("a snapshot taken while another thread writes is consistent")
    func concurrentReader() {
        let histogram = LatencyHistogram()
        let isDone = Atomic(false)
        DispatchQueue.concurrentPerform(iterations: 2) { side in
            if side == 0 {
                for number in 0..<300_000 { histogram.record(nanoseconds: 1000 + number % 1000) }
                isDone.store(true, ordering: .releasing)
                return
            }
            var count = 0
            while !isDone.load(ordering: .acquiring) {
                let snapshot = histogram.snapshot()
                #expect(snapshot.count >= count)
                count = snapshot.count
                guard count > 0 else { continue }
                #expect(snapshot.minimum >= 1000 && snapshot.minimum <= snapshot.maximum && snapshot.maximum <= 1999)
                #expect((snapshot.minimum...snapshot.maximum).contains(snapshot.percentile(0.5)))
            }
        }
        #expect(histogram.snapshot().count == 300_000)
    }
}
