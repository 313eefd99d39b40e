import TestSupport
import Testing

/// Each test has messages arrive in the one order in which a rule of the cache makes a difference: were it broken,
/// somebody would be told something old. `Tests/Model` finds such orders; here ocm itself goes through them.
@Suite("Nothing old is told, in whatever order things are heard", .serialized)
struct HeldConnectionTests {
    private let redis: RedisServer
    private let relay: Relay
    private let ocm: OCMServer
    /// Talks to Redis itself.
    private let other: RawConnection
    /// Reads over the shared connection for RESP2.
    private let client: RawConnection
    /// Reads over the one for RESP3, `theirs`.
    private let neighbour: RawConnection
    private let theirs: RelayedConnection
    private let feed: RelayedConnection

    private static let old = "$3\r\nold\r\n"
    private static let newer = "$5\r\nnewer\r\n"

    init() throws {
        redis = try RedisServer()
        relay = try Relay(to: redis.port)
        ocm = try OCMServer(
            upstream: "redis://127.0.0.1:\(relay.port)",
            ["--threads", "1", "--max-entry-size", "1kb"]
        )
        try ocm.waitUntilCaching()
        other = try redis.connect()
        client = try ocm.connect()
        neighbour = try ocm.connect()
        try neighbour.call("HELLO", "3")
        try neighbour.waitUntilKept("GET theirs")
        theirs = try relay.connection(saying: "HELLO", "TRACKING")
        feed = try relay.connection(saying: "SUBSCRIBE")
        try other.call("SET", "k", "old")
    }

    /// Has Redis close it, and forget what it tracked for it.
    private func close(_ connection: RelayedConnection) throws {
        #expect(try other.call("CLIENT", "KILL", "ADDR", connection.addressAtServer) == ":1\r\n")
    }

    /// How many commands have waited for a round so far.
    private var waits: String { get throws { try info("ocm_cache_waits:") } }
    private var connectionsLost: String { get throws { try info("ocm_cache_flushes_connection_lost:") } }

    private func info(_ name: String) throws -> String {
        let info = try ocm.connect().call("INFO", "ocm")
        return String(info.split(separator: "\r\n").first { $0.hasPrefix(name) } ?? "")
    }

    /// Reads `k`, and lets go of the feed as soon as the answer has come or waits for it.
    private func readThroughDoubt(_ reader: RawConnection) throws -> String {
        let before = try waits
        try reader.sendCommand("GET", "k")
        try waitUntil("it is answered, or waits") { try !reader.isSilent(for: 0) || waits != before }
        feed.replies.letGo()
        return String(decoding: try reader.readReply(), as: UTF8.self)
    }

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

    @Test(
        "a script's reply leaves when it is known what it has changed, or read, beyond the keys that it declares",
        arguments: [["PING", "EVAL"], ["PING", "EVAL_RO"], ["MULTI", "EVAL", "EXEC"]]
    )
    func heldScript(commands: [String]) throws {
        try neighbour.waitUntilKept("GET k")
        let scripter = try ocm.connect()
        try scripter.call("WATCH", "w")
        try scripter.call(commands[0])
        let pinned = try relay.connection(saying: "WATCH")
        feed.replies.hold()
        if commands.contains("EVAL_RO") { try other.call("SET", "k", "newer") }
        let asked = feed.requests.sent
        for command in commands.dropFirst() {
            let script = command == "EVAL_RO" ? "return redis.call('get','k')" : "return redis.call('set','k','newer')"
            let words = [command] + (command.hasPrefix("EVAL") ? [script, "1", "declared"] : [])
            try scripter.send(RawConnection.frame(words.map { Array($0.utf8) }))
        }
        try scripter.sendCommand("ECHO", "after")
        try waitUntil("all is answered, and the feed asked") {
            pinned.replies.sent.hasSuffix("after\r\n") && feed.requests.sent != asked
        }
        #expect(try scripter.isSilent(for: 0.2))
        feed.replies.letGo()
        for _ in commands.dropFirst() { _ = try scripter.readReply() }
        #expect(try scripter.readReply().starts(with: "$5\r\nafter".utf8))
        for client in [scripter, client, neighbour] { #expect(try client.call("GET", "k") == Self.newer) }
    }

    @Test("a read behind a script whose reply is held shows what that has written")
    func readBehindHeld() throws {
        try neighbour.waitUntilKept("GET k")
        try client.waitUntilKept("GET k")
        feed.replies.hold()
        let asked = feed.requests.sent
        try client.sendCommand("EVAL", "return redis.call('set','k','newer')", "1", "declared")
        let pinned = try relay.connection(saying: "EVAL")
        try waitUntil("it is held") { pinned.replies.sent.hasSuffix("+OK\r\n") && feed.requests.sent != asked }
        try client.sendCommand("GET", "k")
        #expect(try client.isSilent(for: 0.1))
        feed.replies.letGo()
        _ = try client.readReply()
        #expect(String(decoding: try client.readReply(), as: UTF8.self) == Self.newer)
        try client.waitUntilKept("GET k")
    }

    @Test(
        "who is woken finds what was written before, or together with, what woke him",
        arguments: [
            (["BLPOP q 0"], "LPUSH q x"), (["XREAD BLOCK 0 STREAMS s $"], "XADD s 1-1 f x"),
            (["PING", "SUBSCRIBE c"], "PUBLISH c x"), (["HELLO 3", "SUBSCRIBE c"], "PUBLISH c x"),
        ]
    )
    func woken(waiting: [String], wake: String) throws {
        try neighbour.waitUntilKept("GET k")
        let sleeper = try ocm.connect()
        for line in waiting { try sleeper.send(line + "\r\n") }
        for line in waiting where !line.hasSuffix("0") && !line.hasSuffix("$") { _ = try sleeper.readReply() }
        let word = String(waiting[waiting.count - 1].prefix { $0 != " " })
        let own = try relay.connection(saying: word)
        if word != "SUBSCRIBE" {
            try waitUntil("it is blocked") { try other.call("INFO", "clients").contains("blocked_clients:1\r\n") }
        }
        feed.replies.hold()
        try other.send("MULTI\r\nSET k newer\r\n\(wake)\r\nEXEC\r\n")
        try waitUntil("he is told") { own.replies.sent.hasSuffix("$1\r\nx\r\n") || own.replies.sent.contains("1-1") }
        #expect(try sleeper.isSilent(for: 0.2))
        feed.replies.letGo()
        _ = try sleeper.readReply()
        for client in [client, neighbour] { #expect(try client.call("GET", "k") == Self.newer) }
    }

    @Test("what is held for the feed isn't held for a reply that takes its time", arguments: ["EVAL", "PUBLISH"])
    func behindLargeReply(kind: String) throws {
        let subscriber = try ocm.connect()
        try subscriber.call("SUBSCRIBE", "c")
        let isAtOnce = try (0..<5).contains { round in
            try neighbour.waitUntilKept("GET theirs")
            theirs.replies.hold()
            try neighbour.sendCommand("GET", "k\(round)")
            try waitUntil("it is on its way") { theirs.replies.held.contains("_") }
            let before = try connectionsLost
            if kind == "EVAL" {
                #expect(try client.call("EVAL", "return 1", "0") == ":1\r\n")
            } else {
                try other.call("PUBLISH", "c", "x")
                _ = try subscriber.readReply()
            }
            // After a second or two the connection is given up.
            let after = try connectionsLost
            theirs.replies.letGo()
            _ = try neighbour.readReply()
            return after == before
        }
        #expect(isAtOnce)
    }

    @Test(
        "who takes a job finds what was written with it, and finds none at once",
        arguments: [
            ("LPOP q", "RPUSH q job", "PING"), ("XREADGROUP GROUP g c STREAMS s >", "XADD s 1-1 f job", "PING"),
            ("ZPOPMIN z", "ZADD z 1 job", "PING"), ("LPOP q", "RPUSH q job", "MULTI"),
        ]
    )
    func taken(take: String, give: String, before: String) throws {
        try other.call(line: "XGROUP CREATE s g $ MKSTREAM")
        try neighbour.waitUntilKept("GET k")
        let worker = try ocm.connect()
        feed.replies.hold()
        let asked = feed.requests.sent
        if before != "MULTI" { #expect(try !worker.call(line: take).contains("job")) }
        try other.send("MULTI\r\nSET k newer\r\n\(give)\r\nEXEC\r\n")
        for _ in 0..<4 { _ = try other.readReply() }
        if before == "MULTI" {
            for line in ["MULTI", take] { try worker.call(line: line) }
            try worker.send("EXEC\r\n")
        } else {
            try worker.send(take + "\r\n")
        }
        try waitUntil("the feed is asked") { feed.requests.sent != asked }
        #expect(try worker.isSilent(for: 0.2))
        feed.replies.letGo()
        #expect(String(decoding: try worker.readReply(), as: UTF8.self).contains("job"))
        for client in [client, neighbour] { #expect(try client.call("GET", "k") == Self.newer) }
    }

    @Test("a reply that is held for the feed leaves when the feed is given up")
    func heldInVain() throws {
        try neighbour.waitUntilKept("GET k")
        feed.replies.hold()
        #expect(try client.call("EVAL", "return redis.call('set','k','newer')", "1", "declared") == "+OK\r\n")
        #expect(try neighbour.call("GET", "k") == Self.newer)
        feed.replies.letGo()
    }

    @Test("a connection that dies without a word is found out, though nobody sends anything over it")
    func silentDeath() throws {
        try neighbour.waitUntilKept("GET k")
        try client.waitUntilKept("GET own")
        theirs.requests.hold()
        theirs.replies.hold()
        try close(theirs)
        try other.call("SET", "k", "newer")
        try waitUntil("the new value is seen") { try client.call("GET", "k") == Self.newer }
        #expect(try client.call("CACHE", "EXPLAIN", "GET", "own") == "$3\r\nHIT\r\n", "came over another connection")
        theirs.requests.letGo()
        theirs.replies.letGo()
        #expect(try neighbour.call("GET", "k") == Self.newer)
    }

    /// How a client's SWAPDB comes to nothing, as far as ocm can tell.
    enum Loss: CaseIterable {
        case silentPinnedConnection
        case silentSharedConnection
        case clientGone
        case clientOfTunnelGone

        /// What has the client get, or use, the connection that its next command goes over.
        var preparation: String {
            switch self {
            case .silentPinnedConnection, .clientGone: "WATCH"
            case .silentSharedConnection: "LLEN"
            case .clientOfTunnelGone: "SUBSCRIBE"
            }
        }

        var isNoticedBySilence: Bool { self == .silentPinnedConnection || self == .silentSharedConnection }
    }

    @Test("what was given up for lost isn't executed behind the cache's back", arguments: Loss.allCases)
    func lateSwap(loss: Loss) throws {
        let (ocm, client) = try impatient()
        relay.swallow("KILL")
        let held = try loseSwap(loss, ocm)
        let killer = try relay.connection(saying: "KILL")
        #expect(try client.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS suspended"))
        killer.requests.letGo()
        try client.waitUntilKept("GET k")
        try deliver(held)
        #expect(try client.call("GET", "k") == other.call("GET", "k"))
    }

    @Test("Redis is told to kill a connection until it answers")
    func repeatedKill() throws {
        let (ocm, client) = try impatient()
        relay.swallow("KILL")
        let held = try loseSwap(.clientGone, ocm)
        let killer = try relay.connection(saying: "KILL")
        try close(killer)
        try client.waitUntilKept("GET k")
        try deliver(held)
        #expect(try client.call("GET", "k") == other.call("GET", "k"))
        killer.requests.letGo()
    }

    @Test("where nothing may be killed the cache opens all the same, and the log tells")
    func forbiddenKill() throws {
        try other.call("ACL", "SETUSER", "default", "-client|kill")
        let (ocm, client) = try impatient()
        let held = try loseSwap(.clientGone, ocm)
        try client.waitUntilKept("GET k")
        #expect(ocm.log.contains("may yet execute a given-up SWAPDB or ACL command"))
        held.requests.letGo()
    }

    /// An ocm that waits for a second only, and a client that has `k` kept.
    private func impatient() throws -> (OCMServer, RawConnection) {
        let ocm = try OCMServer(
            upstream: "redis://127.0.0.1:\(relay.port)",
            ["--threads", "1", "--upstream-timeout", "1s"]
        )
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        try client.waitUntilKept("GET k")
        return (ocm, client)
    }

    /// Has another client's SWAPDB held on its way, and given up.
    private func loseSwap(_ loss: Loss, _ ocm: OCMServer) throws -> RelayedConnection {
        try other.send("SELECT 1\r\nSET k newer\r\nSELECT 0\r\n")
        for _ in 0..<3 { _ = try other.readReply() }
        var swapper: RawConnection? = try ocm.connect()
        try swapper?.call("HELLO", "3")
        try swapper?.call(loss.preparation, "w")
        let held = try relay.connection(saying: "HELLO", loss.preparation)
        held.requests.hold()
        try swapper?.sendCommand("SWAPDB", "0", "1")
        try waitUntil("it is on its way") { held.requests.held.contains("SWAPDB") }
        if loss.isNoticedBySilence {
            let reply = String(decoding: try swapper.unsafelyUnwrapped.readReply(), as: UTF8.self)
            #expect(reply.contains("got no answer"))
        }
        swapper = nil
        return held
    }

    /// Lets arrive what was held, and waits until Redis has dealt with all of it.
    private func deliver(_ held: RelayedConnection) throws {
        held.requests.letGo()
        try waitUntil("Redis has done with it") {
            try !other.call("CLIENT", "LIST").contains("addr=\(held.addressAtServer) ")
        }
    }
}
