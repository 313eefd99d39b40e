import TestSupport
import Testing

@Suite("INFO")
struct InfoTests {
    let redis: RedisServer
    let ocm: OCMServer
    let client: RawConnection

    init() throws {
        redis = try RedisServer()
        ocm = try OCMServer(upstream: redis.url)
        client = try ocm.connect()
    }

    @Test("within a transaction it is queued like any command")
    func withinTransaction() throws {
        try client.send("MULTI\r\nINFO ocm\r\nINCR k\r\nEXEC\r\n")
        let replies = try (0..<4).map { _ in String(decoding: try client.readReply(), as: UTF8.self) }
        #expect(replies == ["+OK\r\n", "+QUEUED\r\n", "+QUEUED\r\n", "*2\r\n$0\r\n\r\n:1\r\n"])
        try client.send("MULTI\r\nCACHE STATS\r\nEXEC\r\n")
        #expect(try client.readReply() == Array("+OK\r\n".utf8))
        #expect(try client.readReply().starts(with: "-ERR unknown command 'CACHE'".utf8))
        #expect(try client.readReply().starts(with: "-EXECABORT".utf8))
    }

    @Test("is Redis's, with a section of ours behind it", arguments: ["2", "3"])
    func appended(version: String) throws {
        try client.call("HELLO", version)
        for arguments in [["INFO"], ["INFO", "everything"], ["INFO", "server", "ocm"]] {
            try client.send(RawConnection.frame(arguments.map { Array($0.utf8) }))
            let info = String(decoding: try client.readReply(), as: UTF8.self)
            #expect(info.contains("\r\nredis_version:"))
            #expect(info.contains("\r\n\r\n# OCM\r\nocm_version:"))
            #expect(info.hasPrefix(version == "3" ? "=" : "$"))
        }
        #expect(try !client.call("INFO", "server").contains("# OCM"))
        let ours = try client.call("INFO", "ocm")
        #expect(ours.contains("# OCM\r\nocm_version:") && !ours.contains("redis_version"))
    }

    @Test("what waits for others says nothing of how fast Redis is")
    func waiting() throws {
        #expect(try client.call("BLPOP", "q", "0.05") == "*-1\r\n")
        #expect(try client.call("XREAD", "BLOCK", "50", "STREAMS", "s", "$") == "*-1\r\n")
        let before = try client.call("INFO", "ocm")
        #expect(before.contains("ocm_cache_forwarded_latency_mean_usec:0.0\r\n"), "\(before)")
        #expect(before.contains("ocm_command_blpop:1\r\n"))
        try client.call("GET", "k")
        #expect(try !client.call("INFO", "ocm").contains("ocm_cache_forwarded_latency_mean_usec:0.0\r\n"))
    }

    @Test("counts commands without a cache, too")
    func countsWithoutCache() throws {
        for server in [try OCMServer(upstream: redis.url, ["--no-cache"]), try OCMServer(upstream: nil)] {
            let client = try server.connect()
            try client.call("GET", "k")
            let info = try client.call("INFO", "ocm")
            #expect(info.contains("ocm_command_get:1\r\n"), "\(info)")
        }
    }

    @Test("counts what happens")
    func counts() throws {
        try waitUntil("invalidations are heard") { try client.call("INFO", "ocm").contains("\r\nocm_cache:on\r\n") }
        let other = try ocm.connect()
        try other.call("SUBSCRIBE", "news")
        try client.call("SET", "k", "v")
        try client.call("GET", "k")
        try client.call("MULTI")
        let info = try redis.connect().call("INFO", "clients")
        #expect(info.contains("connected_clients:5"), "shared, pinned, tunnel, feed, and the one that asks")
        try client.call("EXEC")
        let ours = try client.call("INFO", "ocm")
        for line in [
            "ocm_mode:proxy", "ocm_upstream_status:up", "ocm_connected_clients:2", "ocm_commands_forwarded:2",
            "ocm_commands_pinned:3", "ocm_pinned_sessions:0", "ocm_tunnels:1", "ocm_retries:0",
        ] {
            #expect(ours.contains("\r\n\(line)\r\n"), "\(ours)")
        }
        #expect(!ours.contains("ocm_net_input_bytes:0\r\n") && !ours.contains("ocm_net_output_bytes:0\r\n"))
    }

    private func figure(_ name: String) throws -> Int {
        let line = try ocm.connect().call("INFO", "ocm").split(separator: "\r\n").first { $0.hasPrefix("ocm_\(name):") }
        return Int(line?.split(separator: ":").last ?? "") ?? 0
    }

    @Test("counts what a tunnel carries")
    func tunnel() throws {
        try client.call("CLIENT", "TRACKING", "ON", "BCAST")
        for _ in 0..<5 { try client.call("GET", "k") }
        try client.call("NOSUCHCOMMAND")
        #expect(try figure("commands_pinned") == 7)
        #expect(try figure("command_get") == 5)
        #expect(try figure("cache_bypassed_pinned") == 5)
    }

    @Test("counts what can't be sent, whichever way it was to go")
    func failures() throws {
        try client.call("SET", "k", "v")
        try redis.kill()
        try waitUntil("Redis is down") { try client.call("INFO", "ocm").contains("ocm_upstream_status:down\r\n") }
        let (failed, local) = (try figure("commands_failed"), try figure("commands_local"))
        let commands = ["GET k", "BLPOP l 0", "EVAL 1 0", "WATCH k", "SELECT 1", "AUTH p", "HELLO 3", "SUBSCRIBE c"]
        for command in commands { #expect(try client.call(line: command).hasPrefix("-LOADING ocm cannot reach Redis")) }
        #expect(try figure("commands_failed") == failed + commands.count)
        #expect(try figure("commands_local") == local + 2, "INFO")
    }

    @Test("a read of a user whose reads Redis doesn't track is bypassed, and no miss")
    func untracked() throws {
        try redis.connect().call(line: "ACL SETUSER al on >a ~* +@all -client|tracking")
        try client.call("AUTH", "al", "a")
        try waitUntil("it is refused") {
            try client.call("GET", "k")
            return try client.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS tracking_refused")
        }
        let (misses, bypassed) = (try figure("cache_misses"), try figure("cache_bypassed_tracking_refused"))
        for command in ["GET k", "STRLEN k", "MGET a b"] { try client.call(line: command) }
        #expect(try figure("cache_misses") == misses)
        #expect(try figure("cache_bypassed_tracking_refused") == bypassed + 3)
    }
}
