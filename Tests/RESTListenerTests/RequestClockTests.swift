import NIOCore
import Testing

@testable import RESTListener

@Suite("Slow clients are not waited for without end")
struct RequestClockTests {
    private static let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    private static func verdict(_ clock: RequestClock, after seconds: Double) -> RequestClock.Verdict {
        clock.verdict(at: start + .milliseconds(Int64(seconds * 1000)))
    }

    @Test("an idle connection may stay a while")
    func idle() {
        let clock = RequestClock(now: Self.start)
        #expect(Self.verdict(clock, after: 60) == .fine && Self.verdict(clock, after: 80) == .close)
    }

    @Test("when the server stops, a client that was silent may have a request on its way", arguments: [false, true])
    func draining(_ hasBegun: Bool) {
        var clock = RequestClock(now: Self.start)
        if hasBegun { clock.received(now: Self.start) }
        clock.drain(now: Self.start + .seconds(5))
        #expect(Self.verdict(clock, after: 5.4) == .fine && Self.verdict(clock, after: 5.6) == .close)
    }

    @Test("a head that comes in drops has as long as one that doesn't come")
    func head() {
        var clock = RequestClock(now: Self.start)
        for second in 0..<9 { clock.received(now: Self.start + .seconds(Int64(second))) }
        #expect(Self.verdict(clock, after: 9) == .fine && Self.verdict(clock, after: 11) == .tooSlow)
    }

    @Test("a body has the longer the more of it comes")
    func body() {
        var clock = RequestClock(now: Self.start)
        clock.headRead(now: Self.start)
        clock.bodyReceived(1)
        #expect(Self.verdict(clock, after: 29) == .fine && Self.verdict(clock, after: 31) == .tooSlow)
        clock.bodyReceived(1 << 20)
        #expect(Self.verdict(clock, after: 90) == .fine && Self.verdict(clock, after: 100) == .tooSlow)
    }

    @Test("an answer may take its time, a client that doesn't read may not")
    func answering() {
        var clock = RequestClock(now: Self.start)
        clock.requestRead(now: Self.start)
        #expect(Self.verdict(clock, after: 1000) == .fine)
        #expect(clock.answering(at: Self.start + .seconds(3)) == .seconds(3))
        clock.writabilityChanged(false, now: Self.start)
        clock.answered(now: Self.start)
        #expect(Self.verdict(clock, after: 59) == .fine && Self.verdict(clock, after: 61) == .close)
        clock.writabilityChanged(true, now: Self.start)
        #expect(Self.verdict(clock, after: 61) == .fine)
    }

    @Test("what comes behind a request has as long, from its answer on, as any head")
    func pipelined() {
        var clock = RequestClock(now: Self.start)
        clock.requestRead(now: Self.start)
        clock.received(now: Self.start)
        #expect(Self.verdict(clock, after: 1000) == .fine)
        clock.answered(now: Self.start + .seconds(20))
        #expect(Self.verdict(clock, after: 29) == .fine && Self.verdict(clock, after: 31) == .tooSlow)
        clock.headRead(now: Self.start + .seconds(21))
        clock.requestRead(now: Self.start + .seconds(21))
        clock.answered(now: Self.start + .seconds(22))
        #expect(Self.verdict(clock, after: 90) == .fine && Self.verdict(clock, after: 100) == .close)
    }

    @Test("a client that reads again finds its request where it was")
    func readingAgain() {
        var clock = RequestClock(now: Self.start)
        clock.requestRead(now: Self.start)
        clock.writabilityChanged(false, now: Self.start + .seconds(1))
        clock.writabilityChanged(true, now: Self.start + .seconds(30))
        #expect(clock.answering(at: Self.start + .seconds(31)) == .seconds(31))
        #expect(Self.verdict(clock, after: 1000) == .fine)
        var slow = RequestClock(now: Self.start)
        slow.headRead(now: Self.start)
        slow.writabilityChanged(false, now: Self.start)
        #expect(Self.verdict(slow, after: 59) == .fine)
        slow.writabilityChanged(true, now: Self.start + .seconds(59))
        #expect(Self.verdict(slow, after: 88) == .fine && Self.verdict(slow, after: 90) == .tooSlow)
    }

    @Test("a client that doesn't close its side is cut off")
    func closing() {
        var clock = RequestClock(now: Self.start)
        clock.closing(now: Self.start)
        clock.writabilityChanged(true, now: Self.start)
        #expect(Self.verdict(clock, after: 1) == .fine && Self.verdict(clock, after: 3) == .close)
    }
}
