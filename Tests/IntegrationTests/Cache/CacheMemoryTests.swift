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

    /// A figure of `INFO ocm`.
    private func figure(_ name: String) throws -> Int {
        let line = try client.call("INFO", "ocm").split(separator: "\r\n").first { $0.hasPrefix("ocm_cache_\(name):") }
        return Int(line?.split(separator: ":").last ?? "") ?? -1
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
        try waitUntilKept("large")
        let monitor = try redis.connect()
        try monitor.call("MONITOR")
        let before = ocm.process.residentMemory
        let bypasses = try figure("bypassed_not_cacheable")
        try client.send(RawConnection.frame([Array("MGET".utf8)] + Array(repeating: Array("large".utf8), count: 200)))
        // It isn't read yet, so all that the cache has put together is still there.
        try waitUntil("Redis is asked") { try !monitor.isSilent(for: 0.1) }
        #expect(ocm.process.residentMemory - before < 60 << 20)
        #expect(try client.readReply(within: 60).count == 200 * 900_011 + 6)
        #expect(try seen(by: monitor).contains("\"MGET\" \"large\" \"large\""))
        #expect(try figure("bypassed_not_cacheable") == bypasses + 1)
        #expect(try client.call("MGET", "large").utf8.count == 900_011 + 4)
        #expect(try monitor.isSilent(for: 0.1), "once is no more than GET")
    }

    @Test("of what an MGET brings no more is held than may leave at once")
    func manyMissing() throws {
        let keys = (0..<100).map { "missing\($0)" }
        for key in keys { try set(key, 100_000) }
        let fills = try figure("fills")
        let refused = try figure("refused_fills_too_large")
        let reply = try client.call(["MGET"] + keys)
        #expect(reply.utf8.count == 100 * 100_011 + 6)
        try waitUntil("all of their times to live are in") {
            try figure("fills") + figure("refused_fills_too_large") == fills + refused + 100
        }
        #expect(try figure("fills") == fills + 10)
        for key in keys { #expect(try client.call("GET", key).utf8.count == 100_011) }
    }

    @Test("a key that is too long to be kept is read like any other", arguments: ["GET", "STRLEN", "MGET"])
    func longKeys(command: String) throws {
        let monitor = try redis.connect()
        try monitor.call("MONITOR")
        let key = String(repeating: "k", count: 65_536)
        let bypasses = try figure("bypassed_not_cacheable")
        #expect(try client.call("CACHE", "EXPLAIN", command, key).contains("BYPASS not_cacheable"))
        for _ in 0..<2 { #expect(try !client.call(command, key).hasPrefix("-")) }
        #expect(try figure("bypassed_not_cacheable") == bypasses + 2)
        let lines = try seen(by: monitor)
        #expect(!lines.contains("CACHING") && !lines.contains("PTTL"))
        let longest = String(key.dropLast())
        try waitUntil("a key that is one byte shorter is kept") {
            try client.call(command, longest)
            return try client.call("CACHE", "EXPLAIN", command, longest) == "$3\r\nHIT\r\n"
        }
    }
}
