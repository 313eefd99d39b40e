import NIOCore
import Testing

@testable import CommandDispatch

@Suite("A CLIENT PAUSE is in force until it is known to be over")
struct ClientPauseTests {
    private let pause = ClientPause()

    /// Whether reads are held, and whether other commands are.
    private var holds: [Bool] {
        let write = CommandSpec("set", keys: .first)
        return [pause.holdsReads, pause.holdsReads || pause.holdsBackOnly(write)].map { pause.isPossible && $0 }
    }

    @Test("alone those are held that may be replicated")
    func alone() {
        pause.begin(for: .seconds(60), holdsReads: false)
        let specs = [
            CommandSpec("publish"), CommandSpec("pfcount", isReadOnly: true), CommandSpec("get", isReadOnly: true),
        ]
        #expect(specs.map(pause.holdsBackOnly) == [true, true, false])
        pause.begin(for: .seconds(60), holdsReads: true)
        #expect(specs.map(pause.holdsBackOnly) == [false, false, false])
    }

    @Test("of writes alone, of everything, and by its end")
    func kinds() {
        #expect(holds == [false, false])
        pause.begin(for: .seconds(60), holdsReads: false)
        #expect(holds == [false, true])
        pause.begin(for: .seconds(1), holdsReads: true)
        #expect(holds == [true, true])
        pause.begin(for: .seconds(60), holdsReads: false)
        #expect(holds == [true, true], "Redis keeps to the stricter one")
        #expect(pause.current(at: .now() + .seconds(59)) != nil)
        #expect(pause.current(at: .now() + .seconds(61)) == nil)
        #expect(holds == [false, false])
    }

    @Test("a read that is answered says nothing of writes, and what is answered late nothing of a later pause")
    func answered() throws {
        pause.begin(for: .seconds(60), holdsReads: true)
        let first = try #require(pause.current(at: .now()))
        pause.begin(for: .seconds(15), holdsReads: false)
        pause.answered(isRead: false, despite: first)
        #expect(holds == [true, true])
        let second = try #require(pause.current(at: .now()))
        pause.answered(isRead: true, despite: second)
        #expect(holds == [false, true])
        pause.answered(isRead: false, despite: second)
        #expect(holds == [false, false])
    }
}
