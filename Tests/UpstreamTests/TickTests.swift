import NIOCore
import NIOEmbedded
import Testing

@testable import Upstream

@Suite("A turn's end")
struct TickTests {
    private let loop = EmbeddedEventLoop()

    @Test(
        "what adds itself runs again in the same turn; what adds itself to the next waits until the loop has been around"
    )
    func nextTurn() {
        let tick = Tick(eventLoop: loop)
        let atOnce = RepeatedWork { tick.add($0) }
        let later = RepeatedWork { tick.addToNextTurn($0) }
        tick.add(atOnce)
        tick.add(later)
        loop.run()
        #expect(atOnce.runs == 3)
        #expect(later.runs == 1)
        #expect(tick.turn == 1)
        tick.add(RepeatedWork { _ in })
        loop.run()
        #expect(later.runs == 1, "another's turn isn't the loop's next")
        for runs in 2...3 {
            loop.advanceTime(by: .microseconds(50))
            #expect(later.runs == runs)
        }
        loop.advanceTime(by: .seconds(1))
        #expect(later.runs == 3)
    }
}

/// Asks to run three times.
private final class RepeatedWork: TickWork {
    private(set) var runs = 0
    private let again: (TickWork) -> Void

    init(again: @escaping (TickWork) -> Void) { self.again = again }

    override func runTick() {
        runs += 1
        if runs < 3 { again(self) }
    }
}
