import TestSupport
import Testing

@Suite("CACHE", .serialized)
struct CacheCommandTests {
    private let redis: RedisServer
    private let ocm: OCMServer
    private let client: RawConnection

    init() throws {
        redis = try RedisServer()
        ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
        client = try ocm.connect()
    }

    @Test("EXPLAIN says what would happen, and why")
    func explain() throws {
        func explain(_ command: String) throws -> String {
            try client.send("CACHE EXPLAIN \(command)\r\n")
            return String(decoding: try client.readReply(), as: UTF8.self).split(separator: "\r\n")[1...].joined()
        }
        #expect(try explain("GET k") == "MISS: Redis would be asked, and the reply kept")
        try client.call("GET", "k")
        #expect(try explain("get k") == "HIT")
        #expect(try explain("MGET k j") == "MISS for 1 of 2 keys: Redis would be asked, and the reply kept")
        #expect(try explain("SET k v") == "BYPASS not_cacheable: replies to this command aren't kept")
        #expect(try explain("TTL k").hasPrefix("BYPASS not_cacheable"))
        #expect(try explain("EXISTS a b").hasPrefix("BYPASS not_cacheable"))
        #expect(try explain("GET").hasPrefix("BYPASS not_cacheable"))
        #expect(try explain("NOSUCHCOMMAND x").hasPrefix("BYPASS not_cacheable"))
        try client.call("WATCH", "k")
        #expect(try explain("GET k").hasPrefix("BYPASS pinned"))
        try client.call("UNWATCH")
        #expect(try explain("GET k") == "HIT")
    }

    @Test("FLUSH empties the cache alone")
    func flush() throws {
        try client.call("SET", "k", "v")
        try client.call("GET", "k")
        #expect(try client.call("CACHE", "FLUSH") == "+OK\r\n")
        #expect(try client.call("CACHE", "EXPLAIN", "GET", "k").contains("MISS"))
        #expect(try client.call("GET", "k") == "$1\r\nv\r\n")
    }

    @Test("STATS and INFO tell hits from misses", arguments: ["2", "3"])
    func statistics(version: String) throws {
        try client.call("HELLO", version)
        try waitUntil("the connection of this version is tracked") {
            try client.call("GET", "another key")
            return try client.call("CACHE", "EXPLAIN", "GET", "another key").hasSuffix("HIT\r\n")
        }
        try client.call("CACHE", "FLUSH")
        let before = try client.call("INFO", "ocm")
        for _ in 0..<5 { try client.call("GET", "a key") }
        let after = try client.call("INFO", "ocm")
        func value(_ name: String, _ info: String) -> Int? {
            info.split(separator: "\r\n").first { $0.hasPrefix(name + ":") }
                .flatMap { Int($0.dropFirst(name.count + 1)) }
        }
        func rise(_ name: String) throws -> Int {
            try #require(value("ocm_cache_" + name, after)) - #require(value("ocm_cache_" + name, before))
        }
        #expect(try rise("negative_hits") == 4)
        #expect(try rise("misses") == 1)
        #expect(try rise("fills") == 1)
        #expect(value("ocm_cache_entries", after) == 1)
        let limit = try #require(value("ocm_cache_memory_limit", after))
        #expect(limit == 100 << 20)
        #expect(try #require(value("ocm_cache_memory_used", after)) <= limit)
        let stats = try client.call("CACHE", "STATS")
        #expect(stats.hasPrefix(version == "3" ? "%" : "*"))
        #expect(stats.contains("$9\r\nhit_rate\r\n") || stats.contains("$8\r\nhit_rate\r\n"))
    }

    @Test("what can't be done is said in Redis's way")
    func errors() throws {
        #expect(try client.call("CACHE") == "-ERR wrong number of arguments for 'cache' command\r\n")
        #expect(try client.call("CACHE", "EXPLAIN") == "-ERR wrong number of arguments for 'cache|explain' command\r\n")
        #expect(try client.call("CACHE", "NONSENSE") == "-ERR unknown subcommand 'NONSENSE'. Try CACHE HELP.\r\n")
        #expect(try client.call("CACHE", "HELP").hasPrefix("*9\r\n"))
        let without = try OCMServer(upstream: redis.url, ["--no-cache"])
        let off = try without.connect()
        #expect(try off.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS disabled: there is no local cache"))
        #expect(try off.call("CACHE", "FLUSH") == "+OK\r\n")
    }
}
