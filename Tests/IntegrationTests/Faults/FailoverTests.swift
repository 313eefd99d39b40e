import Foundation
import TestSupport
import Testing

@Suite("The name of Redis leads to another server", .serialized)
struct FailoverTests {
    /// Two servers behind one name, which leads to the first, the primary of the second.
    private struct Pair {
        let old: RedisServer
        let new: RedisServer
        let relay: Relay
        private static let hurry = ["--repl-diskless-sync-delay", "0"]
        var url: String { "redis://127.0.0.1:\(relay.port)" }

        init() throws {
            old = try RedisServer(Self.hurry)
            new = try RedisServer(["--replicaof", "127.0.0.1", "\(old.port)"] + Self.hurry)
            relay = try Relay(to: old.port)
            try awaitLink(of: new)
        }

        /// The second is the primary from now on, and the name leads there; no connection ends.
        func failOver() throws {
            try new.connect().call("REPLICAOF", "NO", "ONE")
            try old.connect().call("REPLICAOF", "127.0.0.1", "\(new.port)")
            try awaitLink(of: old)
            relay.redirect(to: new.port)
        }

        private func awaitLink(of replica: RedisServer) throws {
            try waitUntil("it is a replica") {
                try replica.connect().call("INFO", "replication").contains("master_link_status:up")
            }
        }
    }

    @Test(
        "the old primary lives on as a replica: its READONLY has all connections move",
        arguments: [["--threads", "2"], ["--no-cache"]]
    )
    func demoted(arguments: [String]) throws {
        let pair = try Pair()
        let ocm = try OCMServer(upstream: pair.url, arguments)
        let clients = try (0..<6).map { _ in try ocm.connect() }
        for client in clients { #expect(try client.call("SET", "k", "1") == "+OK\r\n") }
        let subscriber = try ocm.connect()
        try subscriber.call("SUBSCRIBE", "c")
        try pair.failOver()
        try waitUntil("one can write again") { try clients[0].call("SET", "k", "2") == "+OK\r\n" }
        try waitUntil("all can") { try clients.allSatisfy { try $0.call("SET", "k", "3") == "+OK\r\n" } }
        #expect(try pair.new.connect().call("GET", "k") == "$1\r\n3\r\n")
        #expect(try subscriber.readToEnd().isEmpty)
        let blocked = try ocm.connect()
        try blocked.sendCommand("BLPOP", "l", "0")
        try clients[1].call("RPUSH", "l", "a")
        #expect(try blocked.readReply() == Array("*2\r\n$1\r\nl\r\n$1\r\na\r\n".utf8))
        #expect(ocm.log.contains("the name leads to another server now"))
    }

    @Test("a transaction alone learns that it is at a replica")
    func pinned() throws {
        let pair = try Pair()
        let ocm = try OCMServer(upstream: pair.url)
        let client = try ocm.connect()
        try client.call("WATCH", "k")
        try pair.failOver()
        try client.call("MULTI")
        #expect(try client.call("SET", "k", "1").hasPrefix("-READONLY "))
        #expect(try client.readToEnd().isEmpty)
        let next = try ocm.connect()
        try waitUntil("one can write") { try next.call("SET", "k", "1") == "+OK\r\n" }
    }

    @Test(
        "only the feed, or only the others, have gone to the new primary: the rest follows",
        arguments: ["pubsub", "normal"]
    )
    func split(type: String) throws {
        let pair = try Pair()
        let ocm = try OCMServer(upstream: pair.url, ["--threads", "2"])
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        try pair.failOver()
        try pair.old.connect().call("CLIENT", "KILL", "TYPE", type)
        try waitUntil("one can write again") { try client.call("SET", "k", "1") == "+OK\r\n" }
        try ocm.waitUntilCaching()
        let other = try pair.new.connect()
        for value in 2...5 {
            try client.waitUntilKept("GET k")
            try other.call("SET", "k", "\(value)")
            try waitUntil("it is seen") { try client.call("GET", "k") == "$1\r\n\(value)\r\n" }
        }
    }

    @Test("the old primary hangs: the feed finds the new one, and nobody waits for the old one any longer")
    func hung() throws {
        let pair = try Pair()
        let ocm = try OCMServer(upstream: pair.url)
        let (client, subscriber) = try (ocm.connect(), ocm.connect())
        try client.call("SET", "k", "1")
        try client.waitUntilKept("GET k")
        try subscriber.call("SUBSCRIBE", "c")
        try pair.new.connect().call("REPLICAOF", "NO", "ONE")
        try pair.old.freeze()
        defer { pair.old.thaw() }
        try client.sendCommand("INCR", "k")
        pair.relay.redirect(to: pair.new.port)
        #expect(String(decoding: try client.readReply(), as: UTF8.self).contains("may or may not have been executed"))
        try waitUntil("one can write") { try ocm.connect().call("SET", "k", "2") == "+OK\r\n" }
        #expect(try pair.new.connect().call("GET", "k") == "$1\r\n2\r\n")
        _ = try subscriber.readToEnd()
    }

    @Test("one user's connection has gone to the new primary, another's follows when it is refused")
    func users() throws {
        let pair = try Pair()
        for server in [pair.old, pair.new] { try server.connect().call(line: "ACL SETUSER al on >a ~* &* +@all") }
        let ocm = try OCMServer(upstream: pair.url)
        let client = try ocm.connect()
        let other = try ocm.connect()
        #expect(try other.call("AUTH", "al", "a") == "+OK\r\n")
        #expect(try other.call("SET", "k", "1") == "+OK\r\n")
        #expect(try client.call("SET", "k", "1") == "+OK\r\n")
        try pair.failOver()
        try pair.old.connect().call("CLIENT", "KILL", "USER", "default")
        try waitUntil("one can write") { try client.call("SET", "k", "2") == "+OK\r\n" }
        try waitUntil("so can the other") { try other.call("SET", "k", "3") == "+OK\r\n" }
        #expect(try pair.new.connect().call("GET", "k") == "$1\r\n3\r\n")
    }

    @Test("a connection that was on its way to the old primary when all moved follows")
    func late() throws {
        let pair = try Pair()
        for server in [pair.old, pair.new] { try server.connect().call(line: "ACL SETUSER al on >late ~* &* +@all") }
        let ocm = try OCMServer(upstream: pair.url, ["--no-cache"])
        let client = try ocm.connect()
        #expect(try client.call("SET", "k", "1") == "+OK\r\n")
        let other = try ocm.connect()
        #expect(try other.call("AUTH", "al", "late") == "+OK\r\n")
        #expect(try other.call("GET", "k") == "$1\r\n1\r\n")
        #expect(try other.call("SELECT", "3") == "+OK\r\n")
        pair.relay.swallow("late")
        try other.sendCommand("GET", "k")
        var onItsWay = try pair.relay.connection(saying: "late")
        try waitUntil("it is held") {
            onItsWay = try pair.relay.connection(saying: "late")
            return onItsWay.requests.held.contains("late")
        }
        try pair.failOver()
        try waitUntil("one can write") { try client.call("SET", "k", "2") == "+OK\r\n" }
        onItsWay.requests.letGo()
        #expect(try other.readReply() == Array("$-1\r\n".utf8))
        try waitUntil("it has gone") { try !pair.old.connect().call("CLIENT", "LIST").contains("user=al") }
        #expect(try other.call("GET", "k") == "$-1\r\n")
        #expect(try pair.new.connect().call("CLIENT", "LIST").contains("user=al"))
    }

    @Test("a primary that was a replica for a moment keeps its connections")
    func moment() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        let id = try client.call("CLIENT", "ID")
        let transaction = "MULTI\r\nREPLICAOF localhost 1\r\nSET k v\r\nEXEC\r\nSET k v\r\nREPLICAOF NO ONE\r\n"
        for _ in 0..<3 {
            try client.send(transaction)
            for _ in 0..<6 { _ = try client.readReply() }
            usleep(400_000)
            #expect(try client.call("CLIENT", "ID") == id)
        }
        #expect(!ocm.log.contains("leads to another server"))
    }

    @Test("a client that has scripts say what a replica says ends no connection")
    func liar() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
        let subscriber = try ocm.connect()
        try subscriber.call("SUBSCRIBE", "c")
        let liar = try ocm.connect()
        for _ in 0..<20 {
            #expect(try liar.call("EVAL", "return redis.error_reply('READONLY no')", "0") == "-READONLY no\r\n")
            usleep(100_000)
        }
        #expect(try subscriber.isSilent(for: 0.1))
        #expect(try ocm.connect().call("INFO", "ocm").contains("ocm_cache_flushes_connection_lost:0\r\n"))
    }

    @Test("who is meant to read from a replica stays there, whatever is written")
    func replica() throws {
        let pair = try Pair()
        let ocm = try OCMServer(upstream: pair.new.url)
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        let subscriber = try ocm.connect()
        try subscriber.call("SUBSCRIBE", "c")
        try client.call("GET", "k")
        func connections() throws -> Int {
            let line = try pair.new.connect().call("INFO", "stats").split(separator: "\r\n")
                .first { $0.hasPrefix("total_connections_received:") }
            return Int(line?.split(separator: ":").last ?? "") ?? 0
        }
        let before = try connections()
        for _ in 0..<1000 { #expect(try client.call("SET", "k", "1").hasPrefix("-READONLY ")) }
        #expect(try connections() - before < 10)
        #expect(try client.call("INFO", "ocm").contains("ocm_cache_flushes_connection_lost:0\r\n"))
        #expect(try subscriber.isSilent(for: 0.1))
    }
}
