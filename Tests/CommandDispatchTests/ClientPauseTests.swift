import NIOCore
import Testing

@testable import CommandDispatch

@Suite("A CLIENT PAUSE is in force until it is known to be over")
struct ClientPauseTests {
    private let pause = ClientPause()

    /// Whether reads may be held, and whether other commands may.
    private var mayHold: [Bool] { [pause.mayHold(isRead: true), pause.mayHold(isRead: false)] }

    @Test("of writes alone, of everything, and by its end")
    func kinds() {
        #expect(mayHold == [false, false])
        pause.begin(for: .seconds(60), holdsReads: false)
        #expect(mayHold == [false, true])
        pause.begin(for: .seconds(1), holdsReads: true)
        #expect(mayHold == [true, true])
        pause.begin(for: .seconds(60), holdsReads: false)
        #expect(mayHold == [true, true], "Redis keeps to the stricter one")
        #expect(pause.holding(isRead: true, at: .now() + .seconds(59)) != nil)
        #expect(pause.holding(isRead: false, at: .now() + .seconds(61)) == nil)
        #expect(mayHold == [false, false])
    }

    @Test("a read that is answered says nothing of writes, and what is answered late nothing of a later pause")
    func answered() throws {
        pause.begin(for: .seconds(60), holdsReads: true)
        let first = try #require(pause.holding(isRead: true, at: .now()))
        pause.begin(for: .seconds(15), holdsReads: false)
        pause.answered(isRead: false, despite: first)
        #expect(mayHold == [true, true])
        let second = try #require(pause.holding(isRead: true, at: .now()))
        pause.answered(isRead: true, despite: second)
        #expect(mayHold == [false, true])
        pause.answered(isRead: false, despite: second)
        #expect(mayHold == [false, false])
    }
}
