import TestSupport
import Testing

@Suite("What tells of other keys is told when the cache knows of them, too", .serialized)
final class HeldReplyTests: RelayedCache {
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

    @Test("what is taken is held also when it comes in parts, behind a reply that tells nothing")
    func takenInParts() throws {
        try neighbour.waitUntilKept("GET k")
        try other.call("EVAL", "return redis.call('rpush', 'q', string.rep('x', 3000000))", "1", "q")
        feed.replies.hold()
        try other.call("SET", "k", "newer")
        let asked = feed.requests.sent
        let worker = try ocm.connect()
        try worker.send("LPOP none\r\nLPOP q\r\n")
        try waitUntil("the feed is asked") { feed.requests.sent != asked }
        #expect(try worker.isSilent(for: 0.2))
        feed.replies.letGo()
        #expect(try worker.readReply() == Array("$-1\r\n".utf8))
        #expect(try worker.readReply().count > 3_000_000)
        for client in [client, neighbour] { #expect(try client.call("GET", "k") == Self.newer) }
    }

    @Test("a held reply is its client's, although what ends his connection is behind it")
    func heldBeforeTornReply() throws {
        #expect(try client.call("EVAL", "return 1", "0") == ":1\r\n")
        let own = try relay.connection(saying: "EVAL")
        feed.replies.hold()
        own.replies.hold()
        let asked = feed.requests.sent
        try client.send("EVAL \"return 2\" 0\r\nECHO torn\r\n")
        try waitUntil("both are answered") { own.replies.held.hasSuffix("torn\r\n") }
        own.replies.tear(after: ":2\r\n$4\r\nto".utf8.count)
        try waitUntil("the feed is asked") { feed.requests.sent != asked }
        #expect(try client.isSilent(for: 0.2))
        feed.replies.letGo()
        #expect(String(decoding: try client.readToEnd(), as: UTF8.self).hasPrefix(":2\r\n"))
    }

    @Test("a reply that is held for the feed leaves when the feed is given up")
    func heldInVain() throws {
        try neighbour.waitUntilKept("GET k")
        feed.replies.hold()
        #expect(try client.call("EVAL", "return redis.call('set','k','newer')", "1", "declared") == "+OK\r\n")
        #expect(try neighbour.call("GET", "k") == Self.newer)
        feed.replies.letGo()
    }
}
