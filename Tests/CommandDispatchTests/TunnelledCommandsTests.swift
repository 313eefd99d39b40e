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
        for frame in frames { tunnelled.receive(Self.frame(frame)) }
        #expect(tunnelled.answered == expected)
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
        #expect(TunnelledFrame(Array(Self.message.utf8), hasMessages: false, isMonitored: true) == .reply)
        #expect(TunnelledFrame(Array("+1\r\n".utf8), hasMessages: true, isMonitored: false) == .reply)
    }

    private static func kind(_ command: Character, _ index: Int) -> TunnelledCommands.Kind {
        if let channels = command.wholeNumberValue { return .subscription(channels) }
        if command == "u" { return .unsubscription(isConfirmed: false) }
        return .ordinary(CommandMark(hash: UInt64(index), sentAt: 0, command: 0, effect: .read, isLast: true))
    }

    private static func frame(_ text: String) -> TunnelledFrame {
        TunnelledFrame(Array(text.utf8.prefix(TunnelledFrame.bytesNeeded)), hasMessages: true, isMonitored: true)
    }
}
