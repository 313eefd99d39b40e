import NIOCore
import Testing

@testable import Upstream

@Suite("When a loop yields its processor")
struct YieldPolicyTests {
    private var policy = YieldPolicy()
    private var now = NIODeadline.uptimeNanoseconds(1_000_000_000)

    /// Ends a turn, and yields for so long if the loop does.
    private mutating func yields(after carried: Int, for time: TimeAmount) -> Bool {
        guard policy.turnEnded(carrying: carried), policy.mayYield(at: now) else { return false }
        now = now + time
        policy.yielded(for: time)
        return true
    }

    @Test("after a turn that carried much", arguments: [0, 1, 15, 16, 1000])
    mutating func busy(_ carried: Int) {
        let yields = yields(after: carried, for: .microseconds(1))
        #expect(yields == (carried >= YieldPolicy.busyTurn))
    }

    @Test("for short times always, and for longer ones if they bring enough")
    mutating func worthwhile() {
        var refusals = 0
        for _ in 0..<10_000 {
            if !yields(after: 16, for: .microseconds(1000)) { refusals += 1 }
            if !yields(after: 16, for: .microseconds(2000)) { refusals += 1 }
            if !yields(after: 4000, for: .microseconds(1)) { refusals += 1 }
        }
        #expect(refusals == 0)
    }

    @Test("for long times that bring little in a small share of all")
    mutating func strangers() {
        var given = TimeAmount.zero
        let start = now
        for _ in 0..<100_000 {
            if yields(after: 16, for: .milliseconds(4)) { given = given + .milliseconds(4) }
            now = now + .microseconds(100)
        }
        let share = Double(given.nanoseconds) / Double((now - start).nanoseconds)
        #expect(share > 0.9 / Double(YieldPolicy.allowanceShare) && share < 1.3 / Double(YieldPolicy.allowanceShare))
    }

    @Test("a few times for long, however long ago it last did")
    mutating func rest() {
        now = now + .hours(24)
        var times = 0
        while yields(after: 16, for: .milliseconds(4)) { times += 1 }
        #expect((2...4).contains(times))
    }

    @Test("again as long as others want the processor, and it takes no longer than a millisecond")
    func again() {
        #expect(YieldPolicy.isWorthRepeating(tookTime: .microseconds(30), of: .microseconds(30)))
        #expect(!YieldPolicy.isWorthRepeating(tookTime: .microseconds(1), of: .microseconds(1)))
        #expect(!YieldPolicy.isWorthRepeating(tookTime: .microseconds(1), of: .microseconds(500)))
        #expect(!YieldPolicy.isWorthRepeating(tookTime: .microseconds(30), of: .milliseconds(1)))
    }
}
