import TestSupport
import Testing

@Suite("Nothing old is told, in whatever order things are heard", .serialized)
final class HeldConnectionTests: RelayedCache {
    @Test("a doubt lasts until every tracked connection has shown that Redis still tracks for it")
    func roundAsksConnections() throws {
        try neighbour.waitUntilKept("GET k")
        theirs.replies.hold()
        try close(theirs)
        // The feed has nothing to say of it.
        try other.call("SET", "k", "newer")
        let asked = theirs.requests.sent
        #expect(try client.call("STRLEN", "k") == ":5\r\n")
        try client.sendCommand("GET", "k")
        try waitUntil("it is answered, or the connection is asked") {
            try !client.isSilent(for: 0) || theirs.requests.sent != asked
        }
        theirs.replies.letGo()
        #expect(String(decoding: try client.readReply(), as: UTF8.self) == Self.newer)
    }

    @Test(
        "while databases may be swapped nothing is served, whatever the feed says",
        arguments: [["WATCH w", "SWAPDB 0 1"], ["MULTI", "SWAPDB 0 1", "EXEC"]]
    )
    func suspension(commands: [String]) throws {
        try other.send("SELECT 1\r\nSET k newer\r\nSELECT 0\r\n")
        for _ in 0..<3 { _ = try other.readReply() }
        let swapper = try ocm.connect()
        for command in commands.dropLast() {
            try swapper.send(command + "\r\n")
            _ = try swapper.readReply()
        }
        try client.waitUntilKept("GET k")
        // Nobody else has what Redis says here asked for by a round.
        let pinned = try relay.connection(saying: String(commands[0].prefix(5)))
        pinned.replies.hold()
        try swapper.send(commands[commands.count - 1] + "\r\n")
        try waitUntil("they are swapped") { pinned.replies.held.contains("OK") }
        #expect(try client.call("STRLEN", "k") == ":5\r\n")
        #expect(try client.call("GET", "k") == Self.newer)
        pinned.replies.letGo()
        _ = try swapper.readReply()
        #expect(try client.call("GET", "k") == Self.newer)
        try client.waitUntilKept("GET k")
    }

    @Test("a lease is one connection's: what another has brought meanwhile isn't forgotten")
    func leaseOfOneConnection() throws {
        theirs.replies.hold()
        try neighbour.sendCommand("GET", "k")
        try waitUntil("it is on its way") { theirs.replies.held.contains("old") }
        feed.replies.hold()
        // Too large to be kept, so only the doubt about what the neighbour gets tells that it was read.
        let large = String(repeating: "n", count: 2000)
        try other.call("SET", "k", large)
        #expect(try client.call("GET", "k") == "$2000\r\n\(large)\r\n")
        theirs.replies.letGo()
        #expect(String(decoding: try neighbour.readReply(), as: UTF8.self) == Self.old)
        // Behind the PTTL with which the neighbour's reply was kept.
        try neighbour.call("LLEN", "nothing")
        #expect(try readThroughDoubt(client) == "$2000\r\n\(large)\r\n")
    }

    @Test("until Redis has said that it tracks a connection for the feed of now, nothing is kept of it")
    func leaseNeedsTracking() throws {
        // Redis goes on tracking it for the feed that was, and CLIENT CACHING works as ever.
        try other.call("ACL", "SETUSER", "default", "-client|tracking")
        theirs.replies.hold()
        try close(feed)
        try waitUntil("tracking for the next feed is refused") { theirs.replies.held.contains("-NOPERM") }
        #expect(try neighbour.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS untracked_connection"))
        try neighbour.sendCommand("GET", "k")
        try waitUntil("it is on its way") { theirs.replies.held.contains("old") }
        theirs.replies.letGo()
        #expect(String(decoding: try neighbour.readReply(), as: UTF8.self) == Self.old)
        #expect(try neighbour.call("GET", "k") == Self.old)
        try neighbour.call("LLEN", "nothing")
        try other.call("SET", "k", "newer")
        #expect(try neighbour.call("GET", "k") == Self.newer)
        #expect(try neighbour.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS tracking_refused"))
    }

    @Test("what a transaction has written is gone when EXEC's reply leaves, though it was kept since it was queued")
    func writtenByTransaction() throws {
        try client.call("MULTI")
        try client.call("SET", "k", "newer")
        try neighbour.waitUntilKept("GET k")
        feed.replies.hold()
        #expect(try client.call("EXEC") == "*1\r\n+OK\r\n")
        #expect(try neighbour.call("GET", "k") == Self.newer)
        #expect(try client.call("GET", "k") == Self.newer)
    }

    @Test("what a transaction has read is no older than what is told after EXEC's reply")
    func readByTransaction() throws {
        try client.call("MULTI")
        try client.call("GET", "k")
        try neighbour.waitUntilKept("GET k")
        feed.replies.hold()
        try other.call("SET", "k", "newer")
        #expect(try client.call("EXEC") == "*1\r\n\(Self.newer)")
        #expect(try readThroughDoubt(neighbour) == Self.newer)
    }

    @Test("what a tunnel has read is no older than what is told afterwards")
    func readByTunnel() throws {
        try client.waitUntilKept("GET k")
        let tunnel = try ocm.connect()
        try tunnel.call("HELLO", "3")
        try tunnel.call("SUBSCRIBE", "channel")
        feed.replies.hold()
        try other.call("SET", "k", "newer")
        #expect(try tunnel.call("GET", "k") == Self.newer)
        #expect(try readThroughDoubt(client) == Self.newer)
    }

    @Test(
        "what a tunnel has written is gone when its reply leaves, whatever had no reply, or one that looks like none",
        arguments: [
            ["SUBSCRIBE c", "UNSUBSCRIBE c", "LRANGE messages 0 -1"],
            ["SUBSCRIBE c", "UNSUBSCRIBE c", "LRANGE subscribes 0 -1"],
            ["HELLO 3", "SUBSCRIBE c", "MULTI", "SUBSCRIBE e", "EXEC"], ["CLIENT TRACKING OFF", "REPLCONF ACK 1"],
            ["CLIENT REPLY SKIP", "PING"],
        ]
    )
    func writtenByTunnel(commands: [String]) throws {
        for kind in ["message", "subscribe"] { try other.call("RPUSH", kind + "s", kind, "x", "y") }
        let tunnel = try ocm.connect()
        for command in commands {
            try tunnel.send(command + "\r\n")
            if !command.hasPrefix("REPLCONF"), !commands.contains("CLIENT REPLY SKIP") { _ = try tunnel.readReply() }
        }
        try neighbour.waitUntilKept("GET k")
        feed.replies.hold()
        #expect(try tunnel.call("SET", "k", "newer") == "+OK\r\n")
        #expect(try readThroughDoubt(neighbour) == Self.newer)
    }
}
