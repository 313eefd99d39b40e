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

    @Test("a body that comes in drops has no longer than one that doesn't come")
    func body() {
        var clock = RequestClock(now: Self.start)
        clock.headRead(now: Self.start)
        for second in 0..<30 { clock.bodyReceived(1, now: Self.start + .seconds(Int64(second))) }
        #expect(Self.verdict(clock, after: 29) == .fine && Self.verdict(clock, after: 31) == .tooSlow)
    }

    @Test("a body that comes slowly has all its time, and none of it for a silence")
    func slowBody() {
        var clock = RequestClock(now: Self.start)
        clock.headRead(now: Self.start)
        for second in 1...1000 {
            clock.bodyReceived(16 << 10, now: Self.start + .seconds(Int64(second)))
            #expect(Self.verdict(clock, after: Double(second)) == .fine)
        }
        clock.bodyReceived(16 << 20, now: Self.start + .seconds(1000))
        #expect(Self.verdict(clock, after: 1029) == .fine && Self.verdict(clock, after: 1031) == .tooSlow)
    }

    @Test("an answer may take its time, a client that reads nothing of it may not", arguments: [false, true])
    func answering(isLast: Bool) {
        var clock = RequestClock(now: Self.start)
        clock.requestRead(now: Self.start)
        #expect(Self.verdict(clock, after: 1000) == .fine)
        #expect(clock.answering(at: Self.start + .seconds(3)) == .seconds(3))
        clock.writabilityChanged(false, now: Self.start)
        clock.answered(now: Self.start)
        if isLast { clock.sendingLast(now: Self.start) }
        // However slowly it reads.
        for second in 0...200 { clock.look(atUnsent: 1000 - second, now: Self.start + .seconds(Int64(second))) }
        for second in 200...250 { clock.look(atUnsent: 800, now: Self.start + .seconds(Int64(second))) }
        #expect(Self.verdict(clock, after: 259) == .fine && Self.verdict(clock, after: 261) == .close)
        clock.look(atUnsent: 0, now: Self.start + .seconds(261))
        clock.writabilityChanged(true, now: Self.start + .seconds(261))
        #expect(Self.verdict(clock, after: 261) == .fine)
    }

    @Test("who stays for what is sent to it may, also when the server stops", arguments: [false, true])
    func slowReader(nextHasBegun: Bool) {
        var clock = RequestClock(now: Self.start)
        clock.requestRead(now: Self.start)
        if nextHasBegun { clock.received(now: Self.start) }
        clock.answered(now: Self.start)
        clock.drain(now: Self.start)
        clock.look(atUnsent: 100, now: Self.start)
        #expect(Self.verdict(clock, after: 5) == .fine)
        clock.look(atUnsent: 0, now: Self.start + .seconds(5))
        #expect(Self.verdict(clock, after: 5) == .close)
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
