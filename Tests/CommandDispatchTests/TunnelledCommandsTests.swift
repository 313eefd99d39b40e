import Testing

@testable import CommandDispatch

@Suite("Which commands of a tunnel have their replies")
struct TunnelledCommandsTests {
    /// A subscription is `s`, another command `c`; then what comes.
    @Test(
        "in doubt a command has none",
        arguments: [
            ("cc", ["+OK\r\n"], 1), ("cc", ["$2\r\nOK\r\n", "*0\r\n"], 2), ("c", ["+OK\r\n", "+OK\r\n"], 1),
            // Messages and confirmations are nobody's replies, whatever the version.
            ("c", ["*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n"], 0), ("c", [">3\r\n$7\r\nmessage\r\n$1\r\n"], 0),
            ("c", ["*4\r\n$8\r\npmessage\r\n$1\r\n"], 0), ("c", [">2\r\n$10\r\ninvalidate\r\n*1\r\n"], 0),
            ("c", ["*3\r\n$11\r\nunsubscribe\r\n$1\r\n"], 0), ("c", ["*3\r\n$12\r\npunsubscribe\r\n$1\r\n"], 0),
            ("c", ["+1339518083.107412 [0 127.0.0.1:60866] \"keys\""], 0),
            // Three of anything, and the reply to a PING of a subscriber.
            ("c", ["*3\r\n$1\r\na\r\n$1\r\nb\r\n"], 1), ("c", ["*3\r\n:1\r\n:2\r\n:3\r\n"], 1),
            ("c", ["*2\r\n$4\r\npong\r\n$0\r\n\r\n"], 1),
            // The reply behind a subscription tells that it is done, however often it was confirmed.
            ("sc", ["*3\r\n$9\r\nsubscribe\r\n", "*3\r\n$9\r\nsubscribe\r\n"], 0),
            ("sc", ["*3\r\n$9\r\nsubscribe\r\n", "+OK\r\n"], 2), ("ssc", ["+OK\r\n"], 3),
            // An error may be the subscription's own, unless it is confirmed.
            ("sc", ["-NOPERM\r\n"], 1), ("sc", ["*3\r\n$9\r\nsubscribe\r\n", "-ERR\r\n"], 2),
            ("sc", ["-NOPERM\r\n", "-ERR\r\n"], 2), ("ssc", ["*3\r\n$9\r\nsubscribe\r\n", "-ERR\r\n"], 2),
        ]
    )
    func answered(commands: String, frames: [String], expected: Int) {
        var tunnelled = TunnelledCommands()
        for command in commands { tunnelled.add(isSubscription: command == "s") }
        for frame in frames {
            tunnelled.receive(TunnelledFrame(Array(frame.utf8.prefix(TunnelledFrame.bytesNeeded))))
        }
        #expect(tunnelled.answered == expected)
    }
}
