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
        for line in lines { outcome = Array((line + "\r\n").utf8).withUnsafeBytes { handshake.receive($0) } }
        return outcome
    }

    private func words(_ handshake: Handshake) -> String {
        String(buffer: handshake.request).split(separator: "\r\n").filter { !"*$".contains($0.first ?? " ") }
            .joined(separator: " ")
    }

    @Test("the simplest one")
    func plain() throws {
        var handshake = try handshake("redis://h")
        #expect(words(handshake) == "PING")
        #expect(answer(&handshake, "+PONG") == .ready)
        #expect(!handshake.isUnfinished)
    }

    @Test("everything at once, in the order in which a client would come there")
    func full() throws {
        let own = Credentials(user: Array("a".utf8), password: Array("b".utf8))
        var handshake = try handshake("redis://:pw@h", Identity(credentials: own, db: 3, version: .resp3))
        #expect(words(handshake) == "AUTH pw SELECT 3 HELLO 3 AUTH a b SELECT 3 PING")
        #expect(answer(&handshake, "+OK", "-NOPERM no", "%0", "+OK", "+PONG") == .ready)
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
        #expect(words(handshake) == "PING CLIENT INFO")
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
