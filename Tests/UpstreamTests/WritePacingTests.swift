import NIOCore
import Testing

@testable import Upstream

@Suite("When commands for the server are written")
struct WritePacingTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    /// After one command whose reply took so long.
    private func pacing(afterRoundTrip time: TimeAmount) -> WritePacing {
        var pacing = WritePacing(gathers: true)
        pacing.wrote(1) { Self.start }
        #expect(pacing.mayWrite)
        pacing.answered(1, at: Self.start + time)
        return pacing
    }

    @Test("while a near server owes replies, the next commands wait for one of them")
    func near() {
        var pacing = pacing(afterRoundTrip: .microseconds(100))
        #expect(pacing.mayWrite)
        pacing.wrote(3) { Self.start }
        #expect(!pacing.mayWrite)
        pacing.answered(1, at: Self.start)
        #expect(pacing.mayWrite)
        pacing.wrote(1) { Self.start }
        #expect(!pacing.mayWrite)
        pacing.answered(3, at: Self.start)
        #expect(pacing.mayWrite)
    }

    @Test("nothing waits for a server that is far away, or of which nothing is known")
    func far() {
        var pacing = pacing(afterRoundTrip: .microseconds(101))
        for _ in 0..<10 {
            pacing.wrote(1) { Self.start }
            #expect(pacing.mayWrite)
        }
    }

    @Test("a client that sends alone is never kept waiting")
    func alone() {
        var pacing = WritePacing(gathers: false)
        for _ in 0..<10 {
            pacing.wrote(1) { Self.start }
            pacing.answered(1, at: Self.start)
            pacing.wrote(1) { Self.start }
            #expect(pacing.mayWrite)
        }
    }

    @Test("a round trip is that of the command, not of those before it")
    func ahead() {
        var pacing = WritePacing(gathers: true)
        // The server is a millisecond away. Replies to what was written before come all the time.
        for step in 0..<100 {
            let now = Self.start + .microseconds(Int64(step) * 50)
            if step >= 20 { pacing.answered(2, at: now) }
            pacing.wrote(2) { now }
            #expect(pacing.mayWrite)
        }
    }

    @Test("a server is near if it ever was")
    func shortest() {
        var pacing = pacing(afterRoundTrip: .milliseconds(20))
        pacing.wrote(2) { Self.start }
        pacing.answered(2, at: Self.start + .microseconds(40))
        pacing.wrote(1) { Self.start }
        pacing.answered(1, at: Self.start + .milliseconds(20))
        pacing.wrote(1) { Self.start }
        #expect(!pacing.mayWrite)
    }
}
