import Dispatch
import Stats
import Testing

@Suite("Counters")
struct CountersTests {
    @Test("commands are counted by slot")
    func commands() {
        let counters = CommandCounters(slots: 300)
        counters.add(slot: 0)
        counters.add(5, slot: 299)
        counters.add(slot: 299)
        #expect(counters.current.count == 300)
        #expect(counters.current[0] == 1)
        #expect(counters.current[299] == 6)
        #expect(counters.current.reduce(0, +) == 7)
        #expect(CommandCounters(slots: 0).current.isEmpty)
    }

    @Test("a reader sees a count that only grows, and in the end all of it")
    func concurrentReader() {
        let counters = CommandCounters(slots: 2)
        DispatchQueue.concurrentPerform(iterations: 2) { side in
            if side == 0 {
                for _ in 0..<500_000 { counters.add(slot: 1) }
                return
            }
            var last = 0
            for _ in 0..<10_000 {
                let now = counters.current[1]
                #expect(now >= last)
                last = now
            }
        }
        #expect(counters.current == [0, 500_000])
    }

    @Test("reasons are counted apart, and those that never happened are there")
    func reasons() {
        let counters = ReasonCounters<FillRefusal>()
        counters.add(.expired)
        counters.add(.missingUncertain, 3)
        #expect(
            counters.current == [
                .leaseLost: 0, .tooLarge: 0, .errorReply: 0, .expired: 1, .noDeadline: 0, .missingUncertain: 3,
            ]
        )
    }

    private func expectSound<Kind: Reason>(_ kind: Kind.Type) {
        #expect(kind.allCases.map(\.rawValue) == Array(0..<kind.allCases.count))
        #expect(Set(kind.allCases.map(\.name)).count == kind.allCases.count)
        for reason in kind.allCases {
            // The case's own name with an underscore before each capital.
            let snake = "\(reason)".map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
            #expect(reason.name == snake)
        }
    }

    @Test("reasons count from 0 and have names in snake case")
    func names() {
        expectSound(BypassReason.self)
        expectSound(FillRefusal.self)
        expectSound(FlushReason.self)
    }
}
