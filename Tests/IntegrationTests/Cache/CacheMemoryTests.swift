import TestSupport
import Testing

@Suite("What is read takes no more memory than it needs", .serialized)
struct CacheMemoryTests {
    private let redis: RedisServer
    private let ocm: OCMServer
    private let admin: RawConnection
    private let client: RawConnection

    init() throws {
        redis = try RedisServer()
        ocm = try OCMServer(upstream: redis.url, ["--memory-limit", "64mb"])
        try ocm.waitUntilCaching()
        admin = try redis.connect()
        client = try ocm.connect()
    }

    private func set(_ key: String, _ size: Int) throws { try admin.call("SETRANGE", key, "\(size - 1)", "x") }

    private func waitUntilKept(_ key: String) throws {
        try waitUntil("\(key) is kept") {
            try client.call("GET", key)
            return try client.call("CACHE", "EXPLAIN", "GET", key) == "$3\r\nHIT\r\n"
        }
    }

    /// What Redis has got to see by now.
    private func seen(by monitor: RawConnection) throws -> String {
        var lines = ""
        while try !monitor.isSilent(for: 0.2) { lines += String(decoding: try monitor.readReply(), as: UTF8.self) }
        return lines
    }

    @Test("an MGET that names a large value over and over is Redis's to answer")
    func repeatedKey() throws {
        try set("large", 900_000)
        try client.waitUntilKept("GET large")
        let monitor = try redis.connect()
        try monitor.call("MONITOR")
        let before = ocm.process.residentMemory
        let bypasses = try ocm.cacheFigure("bypassed_not_cacheable")
        try client.send(RawConnection.frame([Array("MGET".utf8)] + Array(repeating: Array("large".utf8), count: 200)))
        // It isn't read yet, so all that the cache has put together is still there.
        try waitUntil("Redis is asked") { try !monitor.isSilent(for: 0.1) }
        #expect(ocm.process.residentMemory - before < 60 << 20)
        #expect(try client.readReply(within: 60).count == 200 * 900_011 + 6)
        #expect(try seen(by: monitor).contains("\"MGET\" \"large\" \"large\""))
        #expect(try ocm.cacheFigure("bypassed_not_cacheable") == bypasses + 1)
        #expect(try client.call("MGET", "large").utf8.count == 900_011 + 4)
        #expect(try !seen(by: monitor).contains("MGET"), "once is no more than GET")
    }

    @Test("of what an MGET brings no more is held than may leave at once")
    func manyMissing() throws {
        let keys = (0..<100).map { "missing\($0)" }
        for key in keys { try set(key, 100_000) }
        let fills = try ocm.cacheFigure("fills")
        let refused = try ocm.cacheFigure("refused_fills_too_large")
        let reply = try client.call(["MGET"] + keys)
        #expect(reply.utf8.count == 100 * 100_011 + 6)
        try waitUntil("all of their times to live are in") {
            try ocm.cacheFigure("fills") + ocm.cacheFigure("refused_fills_too_large") == fills + refused + 100
        }
        #expect(try ocm.cacheFigure("fills") == fills + 10)
        for key in keys { #expect(try client.call("GET", key).utf8.count == 100_011) }
    }

    @Test("a key that is too long to be kept is read like any other", arguments: ["GET", "STRLEN", "MGET"])
    func longKeys(command: String) throws {
        let monitor = try redis.connect()
        try monitor.call("MONITOR")
        let key = String(repeating: "k", count: 65_536)
        let bypasses = try ocm.cacheFigure("bypassed_not_cacheable")
        #expect(try client.call("CACHE", "EXPLAIN", command, key).contains("BYPASS not_cacheable"))
        for _ in 0..<2 { #expect(try !client.call(command, key).hasPrefix("-")) }
        #expect(try ocm.cacheFigure("bypassed_not_cacheable") == bypasses + 2)
        let lines = try seen(by: monitor)
        #expect(!lines.contains("CACHING") && !lines.contains("PTTL"))
        let longest = String(key.dropLast())
        try waitUntil("a key that is one byte shorter is kept") {
            try client.call(command, longest)
            return try client.call("CACHE", "EXPLAIN", command, longest) == "$3\r\nHIT\r\n"
        }
    }

    @Test("many who join a read of what is too large to be kept have it whole, and what they ask next behind it")
    func joinedReads() throws {
        let size = 3_000_000
        try set("large", size)
        let clients = try (0..<10).map { _ in try ocm.connect() }
        try redis.freeze()
        for client in clients { try client.send("CLIENT GETNAME\r\nGET large\r\nGET large\r\nECHO end\r\n") }
        for client in clients { _ = try client.readReply() }
        redis.thaw()
        for client in clients {
            #expect(try client.read(size + 12, within: 60).count == size + 12)
            #expect(try client.read(size + 12, within: 60).count == size + 12)
            #expect(try client.readReply().elementsEqual("$3\r\nend\r\n".utf8))
        }
        #expect(try ocm.cacheFigure("coalesced") == 9)
    }

    @Test("who has asked for something else behind it doesn't join, and has everything in order")
    func order() throws {
        try admin.call("MSET", "a", "1", "b", "2", "c", "3")
        let others = try (0..<5).map { _ in try ocm.connect() }
        try redis.freeze()
        try client.send("GET a\r\nGET b\r\n")
        for (index, other) in others.enumerated() {
            // The first and the third ask in the order of the reads that are on their way; all others also for what
            // isn't.
            try other.send(
                ["GET a\r\nGET b\r\n", "GET b\r\nGET a\r\n", "GET b\r\n", "GET c\r\nGET a\r\n", "PTTL a\r\nGET b\r\n"][
                    index
                ]
            )
            try waitUntil("it is taken") { try ocm.connect().call("CACHE", "STATS").count > 0 }
        }
        redis.thaw()
        for expected in ["1", "2"] { #expect(try client.readReply().elementsEqual("$1\r\n\(expected)\r\n".utf8)) }
        let expected = [
            ["$1\r\n1", "$1\r\n2"], ["$1\r\n2", "$1\r\n1"], ["$1\r\n2"], ["$1\r\n3", "$1\r\n1"], [":-1", "$1\r\n2"],
        ]
        for (other, replies) in zip(others, expected) {
            for reply in replies { #expect(try other.readReply().elementsEqual("\(reply)\r\n".utf8)) }
        }
    }

    @Test("who has asked for something of his own before joins all the same")
    func ownReads() throws {
        try admin.call("SET", "k", "v")
        let clients = try (0..<10).map { _ in try ocm.connect() }
        try redis.freeze()
        for (index, client) in clients.enumerated() {
            try client.send("CLIENT GETNAME\r\nGET own\(index)\r\nGET k\r\n")
        }
        for client in clients { _ = try client.readReply() }
        redis.thaw()
        for client in clients {
            #expect(try client.readReply().elementsEqual("$-1\r\n".utf8))
            #expect(try client.readReply().elementsEqual("$1\r\nv\r\n".utf8))
        }
        #expect(try ocm.cacheFigure("coalesced") == 9)
    }

    @Test("what joined a read counts as a command")
    func commandCount() throws {
        try admin.call("SET", "k", "v")
        let clients = try (0..<20).map { _ in try ocm.connect() }
        let before = try commands("get")
        try redis.freeze()
        for client in clients { try client.send("GET k\r\n") }
        try waitUntil("all have come") { try ocm.cacheFigure("coalesced") == 19 }
        redis.thaw()
        for client in clients { _ = try client.readReply() }
        #expect(try commands("get") == before + 20)
    }

    private func commands(_ name: String) throws -> Int {
        let info = try client.call("INFO", "ocm")
        let line = info.split(separator: "\r\n").first { $0.hasPrefix("ocm_command_\(name):") }
        return Int(line?.split(separator: ":").last ?? "") ?? -1
    }
}
