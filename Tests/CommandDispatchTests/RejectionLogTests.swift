import NIOCore
import Testing

@testable import CommandDispatch

@Suite("What is logged of clients that are turned away")
struct RejectionLogTests {
    @Test("the first is told of at once, the next ones together, each reason by itself")
    func counts() {
        let log = RejectionLog()
        let start = NIODeadline.now()
        #expect(log.count(.tooManyClients, at: start) == 1)
        for _ in 0..<100 { #expect(log.count(.tooManyClients, at: start + .seconds(5)) == nil) }
        #expect(log.count(.protectedMode, at: start + .seconds(5)) == 1)
        #expect(log.count(.tooManyClients, at: start + .seconds(10)) == 101)
        #expect(log.count(.tooManyClients, at: start + .seconds(20)) == 1)
    }
}
