import NIOCore
import RESP
import Testing

@testable import Upstream

@Suite("The handshake with the server")
struct HandshakeTests {
    private func handshake(_ url: String, _ identity: Identity? = nil, identifies: Bool = false) throws -> Handshake {
        let url = try UpstreamURL(url)
        return Handshake(
            identity: identity ?? Identity(credentials: nil, db: url.db, version: .resp2),
            url: url,
            identifies: identifies
        )
    }

    private func answer(_ handshake: inout Handshake, _ lines: String...) -> Handshake.Outcome {
        var outcome = Handshake.Outcome.waiting
        for line in lines { outcome = receive(&handshake, line + "\r\n", isWhole: true) }
        return outcome
    }

    private func receive(_ handshake: inout Handshake, _ text: String, isWhole: Bool) -> Handshake.Outcome {
        Array(text.utf8).withUnsafeBytes { handshake.receive($0, isWhole: isWhole) }
    }

    private func words(_ request: ByteBuffer) -> String {
        String(buffer: request).split(separator: "\r\n").filter { !"*$".contains($0.first ?? " ") }
            .joined(separator: " ")
    }

    @Test("the simplest one")
    func plain() throws {
        var handshake = try handshake("redis://h")
        #expect(words(handshake.request) == "PING")
        #expect(answer(&handshake, "+PONG") == .ready)
        #expect(!handshake.isUnfinished)
    }

    @Test("an answer is what it is, wherever it is cut", arguments: 1..<14)
    func cut(at length: Int) throws {
        let answer = "-WRONGPASS no\r\n"
        var handshake = try handshake("redis://:pw@h")
        let first = String(answer.prefix(length))
        #expect(receive(&handshake, first, isWhole: false) == .waiting)
        #expect(receive(&handshake, String(answer.dropFirst(length)), isWhole: true) == .refused("WRONGPASS no"))
    }

    @Test("an answer without an end isn't kept for ever")
    func endless() throws {
        var handshake = try handshake("redis://h")
        let part = String(repeating: "+", count: 1 << 19)
        #expect(handshake.hasRoom(for: part.utf8.count))
        #expect(receive(&handshake, part, isWhole: false) == .waiting)
        #expect(receive(&handshake, part, isWhole: false) == .waiting)
        #expect(!handshake.hasRoom(for: 1))
    }

    @Test("everything at once, in the order in which a client would come there")
    func full() throws {
        var handshake = try handshake("redis://:pw@h/3", identifies: true)
        #expect(words(handshake.request) == "AUTH pw SELECT 3 PING CLIENT INFO")
        #expect(answer(&handshake, "+OK", "+OK", "+PONG", "-NOPERM no") == .ready)
    }

    @Test(
        "nothing is before the session's own credentials that isn't answered, or their refusal might be left out",
        arguments: [
            ("redis://:pw@h", 3, "AUTH pw SELECT 3", ["+OK", "-NOPERM no"]),
            ("redis://:pw@h", 0, "AUTH pw", ["+OK"]),
            ("redis://h", 3, "SELECT 3", ["-NOAUTH Authentication required."]),
        ]
    )
    func ownCredentials(url: String, db: Int, first: String, answers: [String]) throws {
        let own = Credentials(user: Array("a".utf8), password: Array("b".utf8))
        var handshake = try handshake(url, Identity(credentials: own, db: db, version: .resp3))
        #expect(words(handshake.request) == first)
        for line in answers.dropLast() { #expect(answer(&handshake, line) == .waiting) }
        guard case .proceed(let next) = answer(&handshake, answers.last ?? "") else {
            Issue.record("\(first) is answered, and nothing follows")
            return
        }
        #expect(words(next) == "HELLO 3 AUTH a b" + (db == 0 ? "" : " SELECT 3") + " PING")
        var refused = handshake
        #expect(answer(&refused, "-WRONGPASS no") == .refused("WRONGPASS no"))
        #expect(answer(&handshake, "%0") == .waiting)
        if db != 0 { #expect(answer(&handshake, "+OK") == .waiting) }
        #expect(answer(&handshake, "+PONG") == .ready)
    }

    @Test("the session's own credentials wait for nothing if there is nothing before them")
    func ownCredentialsAlone() throws {
        let own = Credentials(user: Array("a".utf8), password: Array("b".utf8))
        var handshake = try handshake("redis://h", Identity(credentials: own, db: 0, version: .resp2))
        #expect(words(handshake.request) == "AUTH a b PING")
        #expect(answer(&handshake, "+OK", "+PONG") == .ready)
    }

    @Test("a wrong password, a refused database, a server that is full")
    func refusals() throws {
        var wrong = try handshake("redis://:pw@h")
        #expect(answer(&wrong, "-WRONGPASS no") == .refused("WRONGPASS no"))
        var database = try handshake("redis://h/99")
        #expect(answer(&database, "-ERR DB index is out of range") == .refused("ERR DB index is out of range"))
        var full = try handshake("redis://h")
        #expect(answer(&full, "-ERR max number of clients reached") == .refused("ERR max number of clients reached"))
    }

    @Test(
        "a server says what it calls the connection, or keeps it to itself",
        arguments: [
            ("$45\r\nid=7 addr=10.0.0.1:5 laddr=10.0.0.2:6379 name=\n", ["7", "10.0.0.1:5"]),
            ("=46\r\ntxt:id=7 addr=/run/redis.sock:0 laddr=x:0 name=\n", ["7", "/run/redis.sock:0"]),
            ("$38\r\nid=7 addr=[::1]:5 name=addr=9 sub=id=8\n", ["7", "[::1]:5"]),
            ("-ERR unknown subcommand 'INFO'", nil), ("-NOPERM no", nil), ("$0\r\n", nil),
        ]
    )
    func identity(reply: String, expected: [String]?) throws {
        var handshake = try handshake("redis://h", identifies: true)
        #expect(words(handshake.request) == "PING CLIENT INFO")
        #expect(answer(&handshake, "+PONG", reply) == .ready)
        #expect(handshake.clientInfo.map { [$0.id, $0.address] } == expected)
    }

    @Test(
        "a server that says no to PING only says the same to commands",
        arguments: ["NOAUTH x", "LOADING x", "NOPERM x"]
    )
    func later(error: String) throws {
        var handshake = try handshake("redis://h")
        #expect(answer(&handshake, "-" + error) == .ready)
    }
}

@Suite("Waits between attempts to connect")
struct BackoffTests {
    @Test("they double up to a limit, half of each is random, and success makes them short again")
    func waits() {
        var backoff = Backoff(first: .milliseconds(50), maximum: .seconds(2))
        for full: Int64 in [50, 100, 200, 400, 800, 1600, 2000, 2000, 2000] {
            let wait = backoff.next().nanoseconds / 1_000_000
            #expect((full / 2...full).contains(wait))
        }
        backoff.reset()
        #expect(backoff.next() <= .milliseconds(50))
    }
}
