import TestSupport
import Testing

/// Commands that nobody tells the cache of (SWAPDB, ACL), executed long after they were sent.
@Suite("What flushes the cache may come late", .serialized)
struct LateFlushTests {
    private let redis: RedisServer
    private let ocm: OCMServer
    private let other: RawConnection
    private let admin: RawConnection

    init() throws {
        redis = try RedisServer()
        ocm = try OCMServer(upstream: redis.url)
        other = try ocm.connect()
        admin = try redis.connect()
        try admin.call("SET", "k", "v")
    }

    @Test(
        "where no reply tells when, Redis is asked how far it is",
        arguments: ["BLPOP none 5", "CLIENT PAUSE 5000 WRITE"]
    )
    func silent(obstacle: String) throws {
        try other.waitUntilKept("GET k")
        let client = try ocm.connect()
        if obstacle.hasPrefix("CLIENT") { try admin.call(line: obstacle) }
        try client.sendCommand("CLIENT", "REPLY", "OFF")
        if !obstacle.hasPrefix("CLIENT") { try client.send(obstacle + "\r\n") }
        try client.sendCommand("SWAPDB", "0", "1")
        try waitUntil("it is hidden for a while") {
            try other.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS suspended")
        }
        // But not for as long as the client pleases.
        try other.waitUntilKept("GET k")
        #expect(try other.call("GET", "k") == "$1\r\nv\r\n")
        try waitUntil("it is gone") { try other.call("GET", "k") == "$-1\r\n" }
        #expect(try admin.call("EXISTS", "k") == ":0\r\n")
    }

    @Test("so it is where replies are given up only after the flush")
    func silencedLater() throws {
        try other.waitUntilKept("GET k")
        let client = try ocm.connect()
        try admin.call("SELECT", "1")
        try admin.call("SET", "k", "w")
        try admin.call("SELECT", "0")
        try client.call("CLIENT", "TRACKING", "OFF")
        try client.send("BLPOP none 4\r\nSWAPDB 0 1\r\n")
        try waitUntil("it is hidden for a while") {
            try other.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS suspended")
        }
        try other.waitUntilKept("GET k")
        try client.send("CLIENT REPLY OFF\r\nBLPOP none 4\r\nSWAPDB 0 1\r\nSET done 1\r\n")
        try waitUntil("what was swapped in is kept") { try other.call("GET", "k") == "$1\r\nw\r\n" }
        try other.waitUntilKept("GET k")
        try waitUntil("it is swapped out again") { try admin.call("EXISTS", "done") == ":1\r\n" }
        try waitUntil("that is seen") { try other.call("GET", "k") == "$1\r\nv\r\n" }
    }

    @Test("so it is where bytes pass as they are")
    func raw() throws {
        try other.waitUntilKept("GET k")
        let client = try ocm.connect()
        try client.send("REPLCONF capa eof\r\nSWAPDB 0 1\r\n")
        for _ in 0..<2 { #expect(try client.readReply() == Array("+OK\r\n".utf8)) }
        #expect(try other.call("GET", "k") == "$-1\r\n")
        for number in 0..<200 {
            try other.call("GET", "n")
            #expect(try client.call("SET", "n", "\(number)") == "+OK\r\n")
            #expect(try other.call("GET", "n").hasSuffix("\r\n\(number)\r\n"))
        }
    }

    @Test("a command that waits behind its client's own blocking one shuts the cache for nobody")
    func behindBlocking() throws {
        let client = try ocm.connect()
        try other.waitUntilKept("GET k")
        try client.send("BLPOP l 0\r\nSWAPDB 0 1\r\n")
        try waitUntil("it is blocked") { try admin.call("INFO", "clients").contains("blocked_clients:1\r\n") }
        #expect(try other.call("CACHE", "EXPLAIN", "GET", "k") == "$3\r\nHIT\r\n")
        try admin.call("RPUSH", "l", "a")
        #expect(try client.readReply() == Array("*2\r\n$1\r\nl\r\n$1\r\na\r\n".utf8))
        #expect(try client.readReply() == Array("+OK\r\n".utf8))
        #expect(try other.call("GET", "k") == "$-1\r\n")
    }

    @Test("nor does one in a tunnel for long, however often it is sent")
    func behindBlockingInTunnel() throws {
        let client = try ocm.connect()
        try client.call("CLIENT", "TRACKING", "OFF")
        try client.send("BLPOP l 0\r\n")
        var isKept = false
        for _ in 0..<40 where !isKept {
            try client.send("SWAPDB 0 1\r\n")
            try other.call("GET", "k")
            isKept = try other.call("CACHE", "EXPLAIN", "GET", "k") == "$3\r\nHIT\r\n"
            _ = try client.isSilent(for: 0.1)
        }
        #expect(isKept)
    }

    @Test(
        "a command under another name counts where it is given first: in a transaction, in a tunnel",
        arguments: ["MULTI", "CLIENT TRACKING OFF"]
    )
    func renamed(opening: String) throws {
        let redis = try RedisServer(["--rename-command", "SWAPDB", "other-name"])
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        let other = try ocm.connect()
        try other.call("SET", "k", "v")
        try other.waitUntilKept("GET k")
        #expect(try client.call(line: opening) == "+OK\r\n")
        #expect(try !client.call("other-name", "0", "1").hasPrefix("-"))
        if opening == "MULTI" { #expect(try client.call("EXEC") == "*1\r\n+OK\r\n") }
        #expect(try other.call("GET", "k") == "$-1\r\n")
    }
}
