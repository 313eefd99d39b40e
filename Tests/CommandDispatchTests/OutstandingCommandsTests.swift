import NIOCore
import RESP
import Testing
import Upstream

@testable import CommandDispatch

@Suite("Which keys a session has commands outstanding on")
struct OutstandingCommandsTests {
    /// Commands as a session sends them, and replies as they come.
    private struct Sent: ~Copyable {
        var commands = OutstandingCommands()

        mutating func send(_ line: String) throws {
            let frame = ByteBuffer(command: line.split(separator: " ").map(String.init))
            try frame.withUnsafeReadableBytes { bytes in
                var parser = RequestParser()
                _ = try parser.parse(bytes, authenticated: true)
                let command = parser.command(in: bytes)
                let name = try #require(CommandName(command[0]))
                let spec = try #require(CommandTable.standard.pointer(to: name))
                _ = commands.add(command, spec, .process, at: 0)
            }
        }

        mutating func fill(_ keys: String...) throws {
            let name = try #require(CommandName("GET"))
            let spec = try #require(CommandTable.standard.pointer(to: name))
            commands.addFill(of: keys.map(Self.hash), spec, at: 0)
        }

        mutating func answer(_ replies: Int, goesOn: Bool = false) {
            commands.takeReplies(replies, goesOn: goesOn, announce: { _ in }, release: { _, _ in }, answered: { _ in })
        }

        /// What is said of a key: whether it is named, and whether it may be written.
        func state(of key: String) -> [Bool] {
            [commands.hasAny(on: Self.hash(key)), commands.hasWrite(on: Self.hash(key))]
        }

        private static func hash(_ key: String) -> UInt64 { Array(key.utf8).withUnsafeBytes { KeyHash.process($0) } }
    }

    @Test("those that were named, each until its reply is whole")
    func exactly() throws {
        var sent = Sent()
        try sent.send("GET a")
        try sent.send("SET b 1")
        try sent.fill("c", "d")
        try sent.send("PING")
        #expect(sent.state(of: "a") == [true, false] && sent.state(of: "b") == [true, true])
        #expect(sent.state(of: "c") == [true, false] && sent.state(of: "d") == [true, false])
        #expect(!(0..<1000).contains { sent.state(of: "other \($0)") != [false, false] })
        sent.answer(1, goesOn: true)
        #expect(sent.state(of: "a") == [false, false] && sent.state(of: "b") == [true, true])
        sent.answer(1)
        #expect(sent.state(of: "b") == [false, false] && sent.state(of: "d") == [true, false])
        sent.answer(1)
        #expect(sent.state(of: "c") == [false, false] && sent.state(of: "d") == [false, false])
    }

    @Test(
        "any, while a command is out that may write any",
        arguments: ["EVAL x 0", "EVALSHA x 1 other", "FCALL_RO f 1 other", "FLUSHALL"]
    )
    func unknown(line: String) throws {
        var sent = Sent()
        try sent.send(line)
        try sent.send("GET a")
        #expect(sent.state(of: "a") == [true, true] && sent.state(of: "other") == [true, true])
        sent.answer(1)
        #expect(sent.state(of: "a") == [true, false] && sent.state(of: "other") == [false, false])
    }

    @Test("what a transaction wrote, until EXEC's reply is whole")
    func transaction() throws {
        var sent = Sent()
        for line in ["MULTI", "SET a 1", "EXEC"] { try sent.send(line) }
        sent.answer(2)
        #expect(sent.state(of: "a") == [true, true])
        sent.answer(1)
        #expect(sent.state(of: "a") == [false, false])
    }

    @Test("and those about which another's reply is awaited")
    func awaited() {
        var late = LateReplies(pool: BufferPool())
        let mark = CommandMark(hash: 7, sentAt: 0, command: 0, effect: .fill, isLast: true)
        let ticket = late.await(mark, behind: 0)
        let before = [late.isAwaiting(7), late.isAwaiting(8)]
        late.append(to: ticket) { $0.writeOK() }
        let command = late.finish(ticket)
        let after = late.isAwaiting(7)
        #expect(command?.hash == 7)
        #expect(before == [true, false] && !after)
    }

    @Test("any, rather than search through thousands")
    func many() throws {
        var sent = Sent()
        try sent.send("DEL " + (0..<5000).map(String.init).joined(separator: " "))
        #expect(sent.state(of: "other") == [true, true])
        sent.answer(1)
        #expect(sent.state(of: "other") == [false, false])
    }
}
