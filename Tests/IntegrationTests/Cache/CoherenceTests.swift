import Foundation
import TestSupport
import Testing

@Suite("The cache is never behind what a client knows", .serialized)
struct CoherenceTests {
    private let redis: RedisServer
    private let ocm: OCMServer

    init() throws {
        redis = try RedisServer()
        ocm = try OCMServer(upstream: redis.url, ["--threads", "2"])
        try ocm.waitUntilCaching()
    }

    private static let writes: [(write: String, read: String, after: String)] = [
        ("SET k new", "GET k", "$3\r\nnew\r\n"), ("APPEND k x", "GET k", "$4\r\noldx\r\n"),
        ("DEL k", "GET k", "$-1\r\n"),
        ("UNLINK k", "EXISTS k", ":0\r\n"), ("MSET a 1 k new", "GET k", "$3\r\nnew\r\n"),
        ("RENAME k other", "GET k", "$-1\r\n"), ("RENAME k2 k", "GET k", "$3\r\ntwo\r\n"),
        ("COPY k2 k REPLACE", "GET k", "$3\r\ntwo\r\n"), ("MOVE k 3", "GET k", "$-1\r\n"),
        ("GETDEL k", "GET k", "$-1\r\n"), ("SETRANGE k 0 X", "GETRANGE k 0 0", "$1\r\nX\r\n"),
        ("BITOP NOT k k2", "STRLEN k", ":3\r\n"), ("PEXPIREAT k 1", "TYPE k", "+none\r\n"),
        ("FLUSHDB", "GET k", "$-1\r\n"), ("FLUSHALL ASYNC", "GET k", "$-1\r\n"), ("SWAPDB 0 1", "GET k", "$-1\r\n"),
        ("SORT l STORE k", "LRANGE k 0 -1", "*1\r\n$1\r\n1\r\n"), ("ZUNIONSTORE k 1 z", "ZCARD k", ":1\r\n"),
        ("EVAL redis.call('set',KEYS[1],ARGV[1]) 1 k new", "GET k", "$3\r\nnew\r\n"),
        ("EVAL redis.call('set','k',ARGV[1]) 0 new", "GET k", "$3\r\nnew\r\n"),
        ("DEBUG FLUSHALL", "GET k", "$-1\r\n"),
    ]

    @Test("what was said while ocm stood still is heard before anybody is served", arguments: ["1", "2"])
    func standstill(threads: String) throws {
        let ocm = try OCMServer(upstream: redis.url, ["--threads", threads])
        let admin = try redis.connect()
        try admin.call("SET", "k", "old")
        let clients = try (0..<8).map { _ in try ocm.connect() }
        for client in clients { try client.waitUntilKept("GET k") }
        try ocm.process.freeze()
        // Before it, so that they are read before what the feed has to say, where that is possible.
        for client in clients.prefix(4) { try client.sendCommand("GET", "k") }
        try admin.call("SET", "k", "new")
        for index in 0..<20_000 { try admin.sendCommand("SET", "other\(index % 100)", "v") }
        usleep(1_300_000)
        for client in clients.suffix(4) { try client.sendCommand("GET", "k") }
        ocm.process.thaw()
        for client in clients {
            #expect(String(decoding: try client.readReply(), as: UTF8.self) == "$3\r\nnew\r\n")
        }
    }

    @Test("a client's own write is in its next read, on this connection and on any other", arguments: writes.indices)
    func ownWrites(index: Int) throws {
        let (write, read, after) = Self.writes[index]
        let clients = try (0..<4).map { _ in try ocm.connect() }
        for line in ["SET k old", "SET k2 two", "RPUSH l 1", "ZADD z 1 a"] {
            try clients[0].send(line + "\r\n")
            _ = try clients[0].readReply()
        }
        for command in ["GET k", "STRLEN k", "EXISTS k", "TYPE k", "GETRANGE k 0 0"] {
            try clients[0].waitUntilKept(command)
        }
        // DEBUG FLUSHALL is what Redis 7.0 doesn't know: it says so, and that changes nothing.
        try clients[1].send(RawConnection.frame(write.split(separator: " ").map { Array($0.utf8) }))
        let reply = try clients[1].readReply()
        let isRefused = write.hasPrefix("DEBUG") && reply.first == UInt8(ascii: "-")
        for client in [clients[1], clients[0], clients[2], clients[3]] {
            try client.send(read + "\r\n")
            #expect(String(decoding: try client.readReply(), as: UTF8.self) == (isRefused ? "$3\r\nold\r\n" : after))
        }
    }

    @Test("a write in the same pipeline, in a transaction, after a blocking pop")
    func ordersOfOneClient() throws {
        let client = try ocm.connect()
        for round in 0..<50 {
            try client.send("SET k \(round)\r\nGET k\r\nGET k\r\nMULTI\r\nINCR k\r\nGET k\r\nEXEC\r\nGET k\r\n")
            let replies = try (0..<8).map { _ in String(decoding: try client.readReply(), as: UTF8.self) }
            let (old, new) = ("\(round)", "\(round + 1)")
            #expect(replies[1] == "$\(old.count)\r\n\(old)\r\n" && replies[2] == replies[1])
            #expect(replies[7] == "$\(new.count)\r\n\(new)\r\n", "round \(round)")
        }
        try client.call("RPUSH", "l", "a", "b")
        try client.waitUntilKept("LLEN l")
        try client.send("BLPOP l 1\r\nLLEN l\r\n")
        _ = try client.readReply()
        #expect(try client.readReply() == Array(":1\r\n".utf8))
    }

    @Test("a write made elsewhere is seen as soon as Redis has said so, for every reply of the key, in every database")
    func foreignWrites() throws {
        let other = try redis.connect()
        let client = try ocm.connect()
        for value in 1...20 {
            try other.call("HSET", "h", "f", "\(value)", "g", "\(value)")
            let expected = "$\("\(value)".count)\r\n\(value)\r\n"
            try waitUntil("the new value is seen") { try client.call("HGET", "h", "f") == expected }
            #expect(try client.call("HGET", "h", "g") == expected, "no older than what was read before")
            #expect(try client.call("HMGET", "h", "g", "f") == "*2\r\n\(expected)\(expected)")
        }
        try client.call("SELECT", "2")
        try client.waitUntilKept("GET k")
        try other.call("SELECT", "2")
        try other.call("SET", "k", "there")
        try waitUntil("the key that was missing is seen") { try client.call("GET", "k") == "$5\r\nthere\r\n" }
    }

    @Test("SWAPDB counts, however much is in its transaction")
    func swapInLargeTransaction() throws {
        let client = try ocm.connect()
        let other = try ocm.connect()
        try client.call("SET", "k", "zero")
        try client.call("MULTI")
        for index in 0..<4200 { try client.call("SET", "n\(index)", "x") }
        try client.call("SWAPDB", "0", "1")
        try other.waitUntilKept("GET k")
        try client.call("EXEC")
        #expect(try other.call("GET", "k") == "$-1\r\n")
    }

    @Test(
        "a flush out of a tunnel counts, and doesn't shut the cache for good",
        arguments: [
            ["CLIENT TRACKING ON", "GET a", "GET b", "GET c"], ["HELLO 3", "SUBSCRIBE a", "SUBSCRIBE b"],
            ["CLIENT REPLY OFF"],
        ]
    )
    func tunnels(commands: [String]) throws {
        let client = try ocm.connect()
        let other = try ocm.connect()
        try other.call("SET", "k", "v")
        try other.waitUntilKept("GET k")
        for command in commands {
            try client.send(command + "\r\n")
            if !command.contains("REPLY") { _ = try client.readReply() }
        }
        try client.send("FLUSHDB\r\n")
        if commands != ["CLIENT REPLY OFF"] { _ = try client.readReply() }
        try waitUntil("it is gone") { try other.call("GET", "k") == "$-1\r\n" }
        try other.waitUntilKept("GET k")
    }

    @Test(
        "what a transaction flushes is gone when EXEC's reply leaves, in a tunnel, too",
        arguments: [
            ["SUBSCRIBE x", "UNSUBSCRIBE x", "MULTI", "SWAPDB 0 1"], ["CLIENT REPLY ON", "MULTI", "SWAPDB 0 1"],
            ["MULTI", "SWAPDB 0 1", "CLIENT REPLY ON"],
        ]
    )
    func tunnelTransactions(commands: [String]) throws {
        let client = try ocm.connect()
        let other = try ocm.connect()
        try other.call("SET", "k", "v")
        for command in commands {
            try client.send(command + "\r\n")
            _ = try client.readReply()
        }
        try other.waitUntilKept("GET k")
        try client.call("EXEC")
        #expect(try other.call("GET", "k") == "$-1\r\n")
    }

    @Test("what a tunnel flushes counts, whatever else comes out of it before", arguments: ["2", "3"])
    func swapBehindMessages(version: String) throws {
        let client = try ocm.connect()
        let other = try ocm.connect()
        let admin = try redis.connect()
        try other.call("SET", "k", "v")
        try client.call("HELLO", version)
        try client.send("SUBSCRIBE a b c\r\n")
        for _ in 0..<3 { _ = try client.readReply() }
        for _ in 0..<5 { try admin.call("PUBLISH", "a", "message") }
        try other.waitUntilKept("GET k")
        try admin.call("CLIENT", "PAUSE", "60000", "WRITE")
        try client.send("UNSUBSCRIBE\r\nSWAPDB 0 1\r\n")
        for _ in 0..<8 { _ = try client.readReply() }
        #expect(try other.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS suspended"))
        try admin.call("CLIENT", "UNPAUSE")
        #expect(try client.readReply() == Array("+OK\r\n".utf8))
        #expect(try other.call("GET", "k") == "$-1\r\n")
    }

    @Test("what a tunnel flushes counts, however late Redis does it")
    func lateSwap() throws {
        let client = try ocm.connect()
        let other = try ocm.connect()
        let admin = try redis.connect()
        try other.call("SET", "k", "v")
        try client.call("HELLO", "3")
        try client.call("SUBSCRIBE", "a")
        try admin.call("CLIENT", "PAUSE", "60000", "WRITE")
        try client.send("SWAPDB 0 1\r\n")
        try waitUntil("it is on its way") {
            try other.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS suspended")
        }
        try other.waitUntilKept("GET k")
        try admin.call("CLIENT", "UNPAUSE")
        #expect(try client.readReply() == Array("+OK\r\n".utf8))
        #expect(try other.call("GET", "k") == "$-1\r\n")
    }

    @Test("what a tunnel hears, is refused and reads elsewhere leaves the others their hits", arguments: ["2", "3"])
    func harmlessTunnel(version: String) throws {
        let client = try ocm.connect()
        let other = try ocm.connect()
        let admin = try redis.connect()
        try other.call("SET", "k", "v")
        try client.call("HELLO", version)
        try client.call("SUBSCRIBE", "a")
        try client.call("SUBSCRIBE", "b")
        // RESP2's subscribers may not, RESP3's may.
        try client.call(version == "2" ? "FLUSHALL" : "GET", "elsewhere")
        try other.waitUntilKept("GET k")
        for _ in 0..<5 {
            try admin.call("PUBLISH", "a", "message")
            _ = try client.readReply()
            #expect(try other.call("CACHE", "EXPLAIN", "GET", "k") == "$3\r\nHIT\r\n")
            if version == "3" { try client.call("GET", "elsewhere") }
            #expect(try other.call("CACHE", "EXPLAIN", "GET", "k") == "$3\r\nHIT\r\n")
        }
    }

    @Test("an ACL command that changes nobody's rights leaves the cache alone, in a tunnel, too")
    func harmlessACL() throws {
        let client = try ocm.connect()
        let other = try ocm.connect()
        try other.call("SET", "k", "v")
        try client.call("HELLO", "3")
        try client.call("SUBSCRIBE", "a")
        try other.waitUntilKept("GET k")
        try client.call("ACL", "WHOAMI")
        #expect(try other.call("CACHE", "EXPLAIN", "GET", "k").contains("HIT"))
    }

    @Test("SWAPDB within a script counts, as far as it can be read there")
    func swapInScript() throws {
        let client = try ocm.connect()
        let other = try ocm.connect()
        try other.call("SET", "k", "v")
        try other.waitUntilKept("GET k")
        try client.call("EVAL", "return redis.call('SwapDB', 0, 1)", "0")
        #expect(try other.call("GET", "k") == "$-1\r\n")
    }

    @Test("rights that a transaction in a tunnel takes away are gone with EXEC")
    func rightsInTunnel() throws {
        let admin = try ocm.connect()
        try admin.call("ACL", "SETUSER", "alice", "on", ">a", "~*", "+@all")
        try admin.call("SET", "secret", "42")
        try admin.call("CLIENT", "REPLY", "ON")
        try admin.call("MULTI")
        try admin.call("ACL", "SETUSER", "alice", "resetkeys", "~public:*")
        let alice = try ocm.connect()
        try alice.call("AUTH", "alice", "a")
        try alice.waitUntilKept("GET secret")
        try admin.call("EXEC")
        #expect(try alice.call("GET", "secret").hasPrefix("-NOPERM"))
    }

    @Test("replies of one key stay side by side")
    func severalReplies() throws {
        let client = try ocm.connect()
        for field in 0..<20 { try client.call("HSET", "h", "f\(field)", "\(field)") }
        for field in 0..<20 { try client.waitUntilKept("HGET h f\(field)") }
        for field in 0..<20 {
            #expect(
                try client.call("CACHE", "EXPLAIN", "HGET", "h", "f\(field)").hasSuffix("HIT\r\n"),
                "field \(field)"
            )
        }
    }

    @Test(
        "a key that expires isn't served a moment longer",
        arguments: [
            ("SET k v PX 50", "GET k", "$-1\r\n"),
            ("EVAL redis.call('hset','k','f','v')redis.call('pexpire','k',50) 0", "HGETALL k", "*0\r\n"),
            ("EVAL redis.call('rpush','k','v')redis.call('pexpire','k',50) 0", "LRANGE k 0 -1", "*0\r\n"),
            ("EVAL redis.call('sadd','k','v')redis.call('pexpire','k',50) 0", "SMEMBERS k", "*0\r\n"),
            ("EVAL redis.call('sadd','k','v')redis.call('pexpire','k',50) 0", "SISMEMBER k v", ":0\r\n"),
            ("EVAL redis.call('zadd','k',1,'v')redis.call('pexpire','k',50) 0", "ZRANGE k 0 -1", "*0\r\n"),
            ("EVAL redis.call('zadd','k',1,'v')redis.call('pexpire','k',50) 0", "ZSCORE k v", "$-1\r\n"),
            ("EVAL redis.call('xadd','k','1-1','f','v')redis.call('pexpire','k',50) 0", "XLEN k", ":0\r\n"),
            ("EVAL redis.call('xadd','k','1-1','f','v')redis.call('pexpire','k',50) 0", "XRANGE k - +", "*0\r\n"),
        ]
    )
    func expiry(write: String, read: String, gone: String) throws {
        let client = try ocm.connect()
        let admin = try redis.connect()
        // Nobody but time removes the key, and nobody tells.
        try admin.call("DEBUG", "SET-ACTIVE-EXPIRE", "0")
        let hits = try ocm.cacheFigure("hits")
        var reads = 0
        for _ in 0..<10 {
            try admin.send(RawConnection.frame(write.split(separator: " ").map { Array($0.utf8) }))
            _ = try admin.readReply()
            let start = ContinuousClock.now
            while true {
                let asked = ContinuousClock.now
                try client.send(read + "\r\n")
                let reply = String(decoding: try client.readReply(), as: UTF8.self)
                if reply == gone, ContinuousClock.now - start > .milliseconds(20) { break }
                try #require(asked - start < .milliseconds(55), "served \(asked - start) after it was set")
                reads += 1
            }
        }
        #expect(
            try ocm.cacheFigure("hits") - hits > reads / 2,
            "of \(reads) reads before the end: no entry was at stake"
        )
    }

    @Test("one user's reads are nobody else's, nor his own once his rights have changed")
    func users() throws {
        let admin = try ocm.connect()
        try admin.call("ACL", "SETUSER", "alice", "on", ">a", "~*", "+@all")
        try admin.call("ACL", "SETUSER", "bob", "on", ">b", "~public:*", "+@all")
        try admin.call("SET", "secret", "42")
        let alice = try ocm.connect()
        let bob = try ocm.connect()
        try alice.call("AUTH", "alice", "a")
        try bob.call("AUTH", "bob", "b")
        try alice.waitUntilKept("GET secret")
        #expect(try bob.call("GET", "secret").hasPrefix("-NOPERM"))
        try admin.call("ACL", "SETUSER", "alice", "resetkeys", "~public:*")
        #expect(try alice.call("GET", "secret").hasPrefix("-NOPERM"))
    }
}
