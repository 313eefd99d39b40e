import Testing

@testable import CommandDispatch

@Suite("Which commands of a tunnel have their replies")
struct TunnelledCommandsTests {
    private static let message = "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n"
    private static let confirmation = "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"

    /// A subscription to so many channels is a digit, one from all of them `u`, another command `c`; then what comes.
    @Test(
        "in doubt a command has none",
        arguments: [
            ("cc", ["+OK\r\n"], 1), ("cc", ["$2\r\nOK\r\n", "*0\r\n"], 2), ("c", ["+OK\r\n", "+OK\r\n"], 1),
            // Messages and confirmations are nobody's replies, whatever the version.
            ("c", [message], 0), ("c", [">3\r\n$7\r\nmessage\r\n$1\r\n"], 0),
            ("c", ["*4\r\n$8\r\npmessage\r\n$1\r\n"], 0), ("c", [">2\r\n$10\r\ninvalidate\r\n*1\r\n"], 0),
            ("c", ["*3\r\n$11\r\nunsubscribe\r\n$1\r\n"], 0), ("c", ["*3\r\n$12\r\npunsubscribe\r\n$1\r\n"], 0),
            ("c", ["+1339518083.107412 [0 127.0.0.1:60866] \"keys\""], 0),
            // Three of anything, and the reply to a PING of a subscriber.
            ("c", ["*3\r\n$1\r\na\r\n$1\r\nb\r\n"], 1), ("c", ["*3\r\n:1\r\n:2\r\n:3\r\n"], 1),
            ("c", ["*2\r\n$4\r\npong\r\n$0\r\n\r\n"], 1),
            // As many confirmations as there are channels, or one error.
            ("1c", [confirmation], 1), ("2c", [confirmation], 0), ("2c", [confirmation, confirmation], 1),
            ("1c", [confirmation, "-ERR\r\n"], 2), ("11c", [confirmation, confirmation, "-ERR\r\n"], 3),
            ("2c", ["-NOPERM\r\n"], 1), ("2c", ["-NOPERM\r\n", "-ERR\r\n"], 2),
            ("2c", [message, confirmation, message], 0),
            // Any number of them; what comes behind tells that it was the last.
            ("uc", [confirmation], 0), ("uc", [confirmation, confirmation, "+OK\r\n"], 2),
            ("uc", [confirmation, "-ERR\r\n"], 2), ("uc", ["-ERR\r\n"], 1), ("u1c", ["+OK\r\n"], 3),
        ]
    )
    func answered(commands: String, frames: [String], expected: Int) {
        var tunnelled = TunnelledCommands()
        for (index, command) in commands.enumerated() { tunnelled.add(Self.kind(command, index)) }
        tunnelled.noteSubscriptions(1, ofShards: false)
        for frame in frames { tunnelled.receive(Self.frame(frame)) }
        #expect(tunnelled.answered == expected)
    }

    @Test("the confirmation that nothing is subscribed to is the last one")
    func unsubscribed() {
        var tunnelled = TunnelledCommands()
        for _ in 0..<2 { tunnelled.add(.unsubscription(isConfirmed: false)) }
        for (count, answered) in [(1, 0), (0, 1), (0, 2)] {
            #expect(tunnelled.areAllAnswered == false)
            tunnelled.noteSubscriptions(count, ofShards: false)
            tunnelled.receive(.confirmation)
            #expect(tunnelled.answered == answered)
        }
        #expect(tunnelled.areAllAnswered == true)
    }

    @Test(
        "whose reply it is is told when it begins",
        arguments: [
            ("cc", "+OK\r\n", 0), ("1c", "+OK\r\n", 1), ("u1c", "$-1\r\n", 2), ("cc", "-ERR\r\n", 0),
            ("1c", "-ERR\r\n", nil),
            ("uc", "-ERR\r\n", nil), ("c", message, nil), ("1c", confirmation, nil), ("", "+OK\r\n", nil),
        ] as [(String, String, Int?)]
    )
    func owner(commands: String, frame: String, expected: Int?) {
        var tunnelled = TunnelledCommands()
        for (index, command) in commands.enumerated() { tunnelled.add(Self.kind(command, index)) }
        #expect(tunnelled.answered(by: Self.frame(frame))?.hash == expected.map(UInt64.init))
    }

    @Test("an array is a message, and a status a line of MONITOR, only where there can be such")
    func elsewhere() {
        let (message, confirmation) = (Array(Self.message.utf8), Array(Self.confirmation.utf8))
        let moved = Array("*3\r\n$12\r\nsunsubscribe\r\n$1\r\na\r\n:0\r\n".utf8)
        #expect(TunnelledFrame(message, possible: [.confirmations, .lines]) == .reply)
        #expect(TunnelledFrame(confirmation, possible: [.messages, .lines]) == .reply)
        #expect(TunnelledFrame(moved, possible: .messages) == .confirmation)
        #expect(TunnelledFrame(moved, possible: []) == .reply)
        #expect(TunnelledFrame(Array("+1\r\n".utf8), possible: [.messages, .confirmations]) == .reply)
    }

    @Test(
        "a confirmation says how many subscriptions there are",
        arguments: [
            (confirmation, 1, false), ("*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n", 0, false),
            (">3\r\n$10\r\nssubscribe\r\n$2\r\n:7\r\n:12345678901\r\n", 12_345_678_901, true),
            ("*3\r\n$12\r\nsunsubscribe\r\n$1\r\na\r\n:0\r\n", 0, true),
            ("*3\r\n$9\r\nsubscribe\r\n:1\r\n$1\r\na\r\n", nil, false),
        ] as [(String, Int?, Bool)]
    )
    func subscriptions(frame: String, count: Int?, isOfShards: Bool) {
        let bytes = Array(frame.utf8)
        #expect(TunnelledFrame.count(endOf: bytes.suffix(TunnelledFrame.bytesOfCount)) == count)
        #expect(TunnelledFrame.isOfShards(Array(bytes.prefix(TunnelledFrame.bytesNeeded))) == isOfShards)
    }

    @Test("messages come while there are subscriptions of either kind, confirmations while some are due")
    func subscribed() {
        var tunnelled = TunnelledCommands()
        #expect([tunnelled.isSubscribing, tunnelled.hasSubscriptions] == [false, false])
        tunnelled.add(.subscription(1))
        tunnelled.add(Self.kind("c", 1))
        #expect([tunnelled.isSubscribing, tunnelled.hasSubscriptions] == [true, false])
        tunnelled.noteSubscriptions(1, ofShards: false)
        tunnelled.receive(.confirmation)
        #expect([tunnelled.isSubscribing, tunnelled.hasSubscriptions] == [false, true])
        tunnelled.noteSubscriptions(1, ofShards: true)
        tunnelled.noteSubscriptions(0, ofShards: false)
        #expect(tunnelled.hasSubscriptions == true)
        tunnelled.noteSubscriptions(0, ofShards: true)
        #expect(tunnelled.hasSubscriptions == false)
        tunnelled.noteSubscriptions(nil, ofShards: true)
        #expect(tunnelled.hasSubscriptions == true)
    }

    @Test("what many commands do is remembered of the first ones only; the others may have done anything")
    func many() {
        var tunnelled = TunnelledCommands()
        let most = TunnelledCommands.mostMarked
        for index in 0..<(most + 1_000_000) { tunnelled.add(Self.kind("c", index)) }
        for index in 0..<most {
            #expect(tunnelled.answered(by: .reply)?.hash == UInt64(index))
            tunnelled.receive(.reply)
        }
        #expect(tunnelled.answered(by: .reply)?.effect == .anyKey)
        for _ in 0..<999_999 { tunnelled.receive(.reply) }
        #expect(tunnelled.answered == tunnelled.sent - 1)
        tunnelled.add(.subscription(1))
        tunnelled.add(Self.kind("c", 7))
        tunnelled.receive(.reply)
        tunnelled.receive(.confirmation)
        #expect(tunnelled.answered(by: .reply)?.hash == 7)
        #expect(tunnelled.answered == tunnelled.sent - 1)
    }

    @Test("so many of them that nobody counts them any more: none has its reply from then on")
    func tooMany() {
        var tunnelled = TunnelledCommands()
        tunnelled.add(Self.kind("c", 0))
        tunnelled.receive(.reply)
        for _ in 0..<10_000 { tunnelled.add(.subscription(1)) }
        #expect(tunnelled.isCountLost == true)
        for _ in 0..<10_000 { tunnelled.receive(.confirmation) }
        #expect(tunnelled.answered == 1)
        #expect(tunnelled.sent == 10_001)
    }

    private static func kind(_ command: Character, _ index: Int) -> TunnelledCommands.Kind {
        if let channels = command.wholeNumberValue { return .subscription(channels) }
        if command == "u" { return .unsubscription(isConfirmed: false) }
        return .ordinary(CommandMark(hash: UInt64(index), sentAt: 0, command: 0, effect: .read, isLast: true))
    }

    private static func frame(_ text: String) -> TunnelledFrame {
        TunnelledFrame(
            Array(text.utf8.prefix(TunnelledFrame.bytesNeeded)),
            possible: [.messages, .confirmations, .lines]
        )
    }
}
