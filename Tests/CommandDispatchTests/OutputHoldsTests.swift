import Testing

@testable import CommandDispatch

@Suite("Replies are held until their round is settled")
struct OutputHoldsTests {
    @Test("what was ready before leaves at once, the rest in its order")
    func rounds() {
        var holds = OutputHolds()
        holds.add(from: 10, until: 5)
        holds.add(from: 14, until: 5)
        holds.add(from: 20, until: 6)
        #expect(holds.release(of: 25, settled: 4) == 10)
        #expect(holds.release(of: 15, settled: 4) == 0)
        #expect(!holds.isEmpty)
        #expect(holds.release(of: 15, settled: 5) == 10)
        #expect(holds.release(of: 30, settled: 5) == 0)
        #expect(holds.release(of: 30, settled: 6) == 30)
        #expect(holds.isEmpty)
    }

    @Test("a later round settles the earlier ones")
    func later() {
        var holds = OutputHolds()
        holds.add(from: 0, until: 2)
        holds.add(from: 7, until: 3)
        #expect(holds.release(of: 9, settled: .max) == 9)
        #expect(holds.isEmpty)
    }
}
