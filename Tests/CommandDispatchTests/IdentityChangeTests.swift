import NIOCore
import RESP
import TestSupport
import Testing
import Upstream

@testable import CommandDispatch

@Suite("What SELECT, AUTH and HELLO make of a session")
struct IdentityChangeTests {
    private let before = Identity(credentials: Credentials(user: nil, password: Array("old".utf8)), db: 3)

    /// Calls `body` with the words as a command.
    private func parsed<Result>(_ words: String, _ body: (Command) throws -> Result) throws -> Result {
        let frame = RawConnection.frame(words.split(separator: " ").map { Array($0.utf8) })
        return try frame.withUnsafeBytes { bytes in
            var parser = RequestParser()
            guard try parser.parse(bytes, authenticated: true) == .command else { throw TestError("not a command") }
            return try body(parser.command(in: bytes))
        }
    }

    private func after(_ words: String, _ route: CommandRoute) throws -> Identity {
        try parsed(words) { IdentityChange($0, route).applied(to: before) }
    }

    @Test("one of database, user and protocol version changes, the others stay")
    func changes() throws {
        var expected = before
        expected.db = 9
        #expect(try after("SELECT 9", .select) == expected)
        expected = before
        expected.version = .resp3
        #expect(try after("HELLO 3", .hello) == expected)
        expected.credentials = Credentials(user: Array("me".utf8), password: Array("secret".utf8))
        #expect(try after("hello 3 setname x auth me secret", .hello) == expected)
        expected.version = .resp2
        #expect(try after("AUTH me secret", .auth) == expected)
    }

    @Test("what the server will refuse changes nothing")
    func refused() throws {
        #expect(try after("SELECT nine", .select) == before)
        #expect(try after("SELECT 1 2", .select) == before)
        #expect(try after("AUTH a b c", .auth) == before)
        #expect(try after("HELLO 9", .hello) == before)
        #expect(try after("HELLO", .hello) == before)
    }

    @Test("a name given on the way is kept; a HELLO can be had without its AUTH")
    func parts() throws {
        #expect(try parsed("HELLO 2 AUTH a b SETNAME me") { IdentityChange($0, .hello).clientName } == Array("me".utf8))
        let rest = try parsed("HELLO 3 AUTH default secret SETNAME me") { command in
            Array(HelloRequest(command).withoutCredentials.readableBytesView)
        }
        #expect(rest == RawConnection.frame(["HELLO", "3", "SETNAME", "me"].map { Array($0.utf8) }))
    }
}
