import Foundation
import TestSupport
import Testing

@Suite("While invalidations aren't heard nothing is served from the cache", .serialized)
struct FeedTests {
    @Test("the feed is cut: what was kept is gone, and caching begins anew")
    func cut() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        let other = try redis.connect()
        for value in 1...10 {
            try other.call("SET", "k", "\(value)")
            try waitUntil("it is kept") {
                try client.call("GET", "k")
                return try client.call("CACHE", "EXPLAIN", "GET", "k").hasSuffix("HIT\r\n")
            }
            try other.call("CLIENT", "KILL", "TYPE", "pubsub")
            try other.call("SET", "k", "new \(value)")
            let expected = "new \(value)"
            try waitUntil("the new value is seen") {
                try client.call("GET", "k") == "$\(expected.count)\r\n\(expected)\r\n"
            }
        }
        #expect(try client.call("INFO", "ocm").contains("ocm_cache_flushes_feed_lost:"))
    }

    @Test(
        "a flush is told to the feed in the version of whoever was tracked: either is understood",
        arguments: ["2", "3"]
    )
    func flush(version: String) throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        let other = try redis.connect()
        try client.call("HELLO", version)
        for _ in 0..<5 {
            try other.call("SET", "k", "v")
            try waitUntil("it is kept") {
                try client.call("GET", "k")
                return try client.call("CACHE", "EXPLAIN", "GET", "k").hasSuffix("HIT\r\n")
            }
            try other.call("FLUSHALL")
            try waitUntil("the flush is seen") { try client.call("EXISTS", "k") == ":0\r\n" }
        }
        #expect(try client.call("INFO", "ocm").contains("ocm_cache_flushes_feed_lost:0\r\n"))
    }

    @Test("a shared connection is cut: what came over it is gone, because Redis no longer tells")
    func dataConnectionCut() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        let other = try redis.connect()
        for value in 1...20 {
            try other.call("SET", "k", "\(value)")
            try waitUntil("it is kept") {
                try client.call("GET", "k")
                return try client.call("CACHE", "EXPLAIN", "GET", "k").hasSuffix("HIT\r\n")
            }
            try other.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            try other.call("SET", "k", "new \(value)")
            let expected = "new \(value)"
            try waitUntil("the new value is seen") {
                try client.call("GET", "k") == "$\(expected.count)\r\n\(expected)\r\n"
            }
        }
    }

    @Test("a hit between two writes whose connection is cut stays between their errors")
    func orderOfErrors() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        let other = try redis.connect()
        try other.call("SET", "k", "v")
        var cut = 0
        for _ in 0..<10 {
            try waitUntil("it is kept") {
                try client.call("GET", "k")
                return try client.call("CACHE", "EXPLAIN", "GET", "k").hasSuffix("HIT\r\n")
            }
            try redis.freeze()
            try other.sendCommand("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            try client.send("SET a 1\r\nGET k\r\nSET b 2\r\n")
            usleep(50_000)
            redis.thaw()
            _ = try other.readReply()
            let replies = try (0..<3).map { _ in String(decoding: try client.readReply(), as: UTF8.self) }
            #expect(replies[1] == "$1\r\nv\r\n", "\(replies)")
            if replies[0].hasPrefix("-"), replies[2].hasPrefix("-") { cut += 1 }
        }
        #expect(cut > 0)
    }

    @Test("Redis stops answering: after the heartbeat nothing is served any more")
    func frozen() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, ["--upstream-timeout", "3s"])
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        try client.call("SET", "k", "v")
        try client.call("GET", "k")
        try redis.freeze()
        defer { redis.thaw() }
        try waitUntil("the cache is bypassed") {
            try client.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS feed_down")
        }
        redis.thaw()
        try waitUntil("it is back") {
            try client.call("GET", "k")
            return try client.call("CACHE", "EXPLAIN", "GET", "k").hasSuffix("HIT\r\n")
        }
    }

    /// The other server may know the feed's id as somebody else's, or not at all.
    @Test(
        "behind one name there are several servers: what the feed of one doesn't tell of isn't kept",
        arguments: [0, 100]
    )
    func severalServers(connectionsBefore: Int) throws {
        let servers = try [RedisServer(), RedisServer()]
        for _ in 0..<connectionsBefore { _ = try servers[0].connect() }
        let relay = try Relay(to: servers[0].port)
        let ocm = try OCMServer(upstream: "redis://127.0.0.1:\(relay.port)", ["--untracked-ttl", "60s"])
        try ocm.waitUntilCaching()
        let admin = try servers.map { try $0.connect() }
        // The first time all follow; they don't go to and fro.
        relay.redirect(to: servers[1].port)
        try admin[0].call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        try waitUntil("all are at the second") {
            try !admin[0].call("CLIENT", "LIST", "TYPE", "pubsub").contains("id=")
                && admin[1].call("CLIENT", "LIST", "TYPE", "pubsub").contains("id=")
        }
        try ocm.waitUntilCaching()
        relay.redirect(to: servers[0].port)
        try admin[1].call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        let client = try ocm.connect()
        try admin[0].call("SET", "k", "old")
        try waitUntil("it is noticed") {
            try client.call("GET", "k") == "$3\r\nold\r\n"
                && client.call("CACHE", "EXPLAIN", "GET", "k").contains("has reached another server")
        }
        try admin[0].call("SET", "k", "new")
        #expect(try client.call("GET", "k") == "$3\r\nnew\r\n")
        try admin[1].call("CLIENT", "KILL", "TYPE", "pubsub")
        try ocm.waitUntilCaching()
    }

    @Test("a feed whose subscription is lost on its way is found out")
    func lostSubscription() throws {
        let redis = try RedisServer()
        let relay = try Relay(to: redis.port)
        relay.swallow("SUBSCRIBE")
        let ocm = try OCMServer(upstream: "redis://127.0.0.1:\(relay.port)")
        try ocm.waitUntilCaching()
    }

    @Test("a Redis that is busy for a moment is asked to track later", arguments: [[], ["--untracked-ttl", "60s"]])
    func busy(arguments: [String]) throws {
        let redis = try RedisServer(["--busy-reply-threshold", "50"])
        let ocm = try OCMServer(upstream: redis.url, arguments)
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        let script = try ocm.connect()
        let other = try redis.connect()
        try script.sendCommand("EVAL", "while true do end", "0")
        var number = 0
        try waitUntil("Redis is busy") {
            number += 1
            return try client.call("GET", "\(number)").hasPrefix("-BUSY")
        }
        #expect(try other.call("SCRIPT", "KILL") == "+OK\r\n")
        for value in 1...3 {
            try waitUntil("it is written") { try other.call("SET", "k", "\(value)") == "+OK\r\n" }
            try waitUntil("the new value is seen, and kept") {
                try client.call("GET", "k") == "$1\r\n\(value)\r\n"
                    && client.call("CACHE", "EXPLAIN", "GET", "k").hasSuffix("HIT\r\n")
            }
        }
    }

    @Test("a Redis that may not be asked to track is passed through, and that is said")
    func refused() throws {
        let redis = try RedisServer(
            ["--user default on nopass ~* &* +@all -client|tracking"].flatMap { $0.components(separatedBy: " ") }
        )
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        try client.call("SET", "k", "v")
        try waitUntil("it is refused") {
            try client.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS tracking_refused")
        }
        for _ in 0..<3 { #expect(try client.call("GET", "k") == "$1\r\nv\r\n") }
        let info = try client.call("INFO", "ocm")
        #expect(info.contains("ocm_cache:tracking refused\r\nocm_cache_refused:NOPERM"), "\(info)")
        #expect(info.contains("ocm_cache_hits:0\r\n"))
        #expect(ocm.log.contains("Redis refuses to track what is read"))
    }

    @Test(
        "a user who is given the right that he lacked is cached for",
        arguments: ["client|tracking", "client|caching", "pttl"]
    )
    func rightGiven(right: String) throws {
        let redis = try RedisServer("--user default on nopass ~* &* +@all -\(right)".components(separatedBy: " "))
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        try waitUntil("it is refused") {
            try client.call("GET", "k")
            return try client.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS tracking_refused")
        }
        usleep(6_000_000)
        #expect(try client.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS tracking_refused"))
        try redis.connect().call("ACL", "SETUSER", "default", "+\(right)")
        try client.waitUntilKept("GET k")
        let refusals = ocm.log.split(separator: "\n").filter { $0.contains("nothing is cached for this user: NOPERM") }
        #expect(refusals.count == 1, "\(ocm.log)")
    }

    @Test("that one user's reads may not be tracked isn't said of everybody's, nor the other way round")
    func refusedToOne() throws {
        let redis = try RedisServer("--user reader on >pw ~* &* +@all -client|tracking".components(separatedBy: " "))
        let ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
        let reader = try ocm.connect()
        #expect(try reader.call("AUTH", "reader", "pw") == "+OK\r\n")
        try waitUntil("it is refused") {
            try reader.call("GET", "k")
            return try reader.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS tracking_refused")
        }
        let health = try ClientCommand(ocm).run("healthcheck").text
        #expect(health.hasPrefix("healthy"), "\(health)")
        #expect(try reader.call("INFO", "ocm").contains("ocm_cache:on\r\n"))

        let other = try RedisServer(
            ["--user", "default on nopass ~* &* +@all -client|tracking", "--user", "reader on >pw ~* &* +@all"]
                .flatMap { $0.components(separatedBy: " ") }
        )
        let refused = try OCMServer(upstream: other.url)
        let tracked = try refused.connect()
        #expect(try tracked.call("AUTH", "reader", "pw") == "+OK\r\n")
        try tracked.waitUntilKept("GET k")
        #expect(try tracked.call("INFO", "ocm").contains("ocm_cache:tracking refused\r\n"))
    }

    @Test("a node of a cluster is told from a Redis by itself", arguments: ["--cache", "--no-cache"])
    func clusterNode(mode: String) throws {
        // Its second port would be 10,000 above the first, which there need not be.
        let clusterNode = try RedisServer(["--cluster-enabled", "yes", "--cluster-port", "\(freePort())"])
        let node = try OCMServer(upstream: clusterNode.url, [mode])
        try waitUntil("it is said") { node.log.contains("is a node of a cluster: ocm follows no redirections") }
        let redis = try RedisServer()
        let single = try OCMServer(upstream: redis.url)
        try single.waitUntilCaching()
        #expect(!single.log.contains("cluster"))
    }

    @Test("a user who may not ask for the time to live is passed through, and that is said", arguments: ["0", "1h"])
    func timeToLiveRefused(untrackedLife: String) throws {
        let redis = try RedisServer("--user default on nopass ~* &* +@all -pttl".components(separatedBy: " "))
        let ocm = try OCMServer(upstream: redis.url, ["--untracked-ttl", untrackedLife])
        let client = try ocm.connect()
        try client.call("SET", "k", "v")
        try waitUntil("it is refused") {
            try client.call("GET", "k")
            return try client.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS tracking_refused")
        }
        for _ in 0..<3 { #expect(try client.call("MGET", "k", "l") == "*2\r\n$1\r\nv\r\n$-1\r\n") }
        let health = try ClientCommand(ocm).run("healthcheck").text
        #expect(health.hasPrefix("degraded: not caching: Redis refuses PTTL: NOPERM"), "\(health)")
        let lines = ocm.log.split(separator: "\n").filter { $0.contains("nothing is cached for this user: NOPERM") }
        #expect(lines.count == 1, "\(ocm.log)")
    }

    @Test("what Redis may not track is kept for as long as whoever runs ocm has said, and own writes are seen")
    func untracked() throws {
        let redis = try RedisServer(
            "--user default on nopass ~* &* +@all -client|tracking".components(separatedBy: " ")
        )
        let ocm = try OCMServer(upstream: redis.url, ["--untracked-ttl", "200ms"])
        let client = try ocm.connect()
        let other = try redis.connect()
        try client.call("SET", "k", "old")
        try waitUntil("it is kept") {
            try client.call("GET", "k")
            return try client.call("CACHE", "EXPLAIN", "GET", "k").hasSuffix("HIT\r\n")
        }
        #expect(try client.call("INFO", "ocm").contains("ocm_cache:untracked\r\n"))
        try client.call("SET", "k", "own")
        #expect(try client.call("GET", "k") == "$3\r\nown\r\n")
        try other.call("SET", "k", "other")
        try waitUntil("the time is over") { try client.call("GET", "k") == "$5\r\nother\r\n" }
        #expect(ocm.log.contains("is kept for 200 ms, changed or not"))
        #expect(try ClientCommand(ocm).run("healthcheck").text == "healthy\n", "that is how it is wanted")
        #expect(try ClientCommand(ocm).run("stats", "--json").text.contains(#""state":"untracked""#))
        try other.call("ACL", "SETUSER", "default", "resetchannels")
        try other.call("CLIENT", "KILL", "TYPE", "pubsub")
        try waitUntil("nothing is kept without the feed, and that is said") {
            try ClientCommand(ocm).run("healthcheck").text.hasPrefix("degraded: not caching: the invalidation feed")
        }
        #expect(try client.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS feed_down"))
    }

    @Test("Redis's table of tracked keys overflows all the time")
    func tinyTable() throws {
        let redis = try RedisServer(["--tracking-table-max-keys", "3"])
        let ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        let other = try redis.connect()
        for round in 0..<200 {
            let key = "k\(round % 10)"
            try other.call("SET", key, "\(round)")
            try waitUntil("the new value is seen") { try client.call("GET", key).hasSuffix("\r\n\(round)\r\n") }
        }
    }
}
