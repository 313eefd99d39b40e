import Foundation
import Synchronization
import Testing

@testable import LocalCache

@Suite("Rounds")
struct RoundsTests {
    @Test("however many there were, who wants one more needs no more of the stack")
    func many() {
        let rounds = Rounds()
        let wanted = Atomic(0)
        rounds.onWanted { wanted.add(1, ordering: .relaxed) }
        for number in 1...UInt64(300_000) {
            rounds.doubtEverything()
            #expect(rounds.everything == number)
            rounds.settle(rounds.start())
        }
        #expect(wanted.load(ordering: .relaxed) == 300_000)
    }
}
