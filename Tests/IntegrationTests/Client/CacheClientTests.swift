import CacheClient
import Foundation
import TestSupport
import Testing

@Suite("The client library")
struct CacheClientTests {
    /// The time that it and its values have is for the other tests: they keep the threads busy that ours would go on,
    /// for minutes if the machine is slow.
    private func client(
        _ server: OCMServer,
        token: String? = nil,
        timeout: Duration = .seconds(600)
    ) throws -> CacheClient {
        try CacheClient(url: "http://127.0.0.1:\(server.restPort)", token: token, timeout: timeout)
    }

    @Test("values, one at a time", arguments: Backend.allCases)
    func values(backend: Backend) async throws {
        let (server, redis) = try backend.start()
        defer { withExtendedLifetime(redis) {} }
        let client = try client(server)
        let json = Array(#"{"b": 1.0,  "a":12345678901234567890}"#.utf8)
        try await client.set("user:1", json: json, ttl: .seconds(3600))
        #expect(try await client.get("user:1") == json)
        let strange: CacheKey = "\0/\n\u{10FFFF}"
        try await client.set(strange, bytes: [1, 0, 0xFF])
        #expect(try await client.get(strange) == [1, 0, 0xFF])
        #expect(try await client.get("missing") == nil)
        try await client.invalidate(strange)
        try await client.invalidate("missing")
        #expect(try await client.get(strange) == nil)
        try await client.invalidateAll()
        #expect(try await client.get("user:1") == nil)
    }

    @Test("values, many at a time", arguments: Backend.allCases)
    func batches(backend: Backend) async throws {
        let (server, redis) = try backend.start()
        defer { withExtendedLifetime(redis) {} }
        let client = try client(server)
        let items: [CacheKey: [UInt8]] = ["a": Array("1.0".utf8), "\"é\n": Array(#""text""#.utf8)]
        #expect(try await client.batchSet(items, ttl: .seconds(3600)).isEmpty)
        try await client.set("b", bytes: [0xFF])
        let values = try await client.batchGet(["a", "\"é\n", "b", "missing", "a"])
        #expect(
            values == ["a": .json(Array("1.0".utf8)), "\"é\n": .json(Array(#""text""#.utf8)), "b": .binary([0xFF])]
        )
        #expect(try await client.batchGet([]).isEmpty)
        await #expect(throws: CacheClientError.self) { try await client.batchGet([CacheKey(bytes: [0xFF])]) }
    }

    @Test("keys, page by page", arguments: Backend.allCases)
    func keys(backend: Backend) async throws {
        let (server, redis) = try backend.start()
        defer { withExtendedLifetime(redis) {} }
        let client = try client(server)
        let connection = try server.connect()
        try connection.send(RawConnection.frame([Array("SET".utf8), [0xFF], Array("v".utf8)]))
        _ = try connection.readReply()
        try connection.call(["MSET"] + (0..<25_000).flatMap { ["key:\($0)", "x"] })
        var keys: Set<CacheKey> = []
        for try await key in client.keys() { keys.insert(key) }
        #expect(keys.count == 25_001 && keys.contains(CacheKey(bytes: [0xFF])))
        var some: Set<CacheKey> = []
        for try await key in client.keys(matching: "key:2499?") { some.insert(key) }
        #expect(some == Set((24_990...24_999).map { "key:\($0)" }))
        #expect(try await client.keys(matching: "none").first { _ in true } == nil)
    }

    @Test("what a server says of itself", arguments: Backend.allCases)
    func statistics(backend: Backend) async throws {
        let (server, redis) = try backend.start()
        defer { withExtendedLifetime(redis) {} }
        if redis != nil { try server.waitUntilCaching() }
        let client = try client(server)
        #expect(try await client.healthcheck().status == .healthy)
        _ = try await client.get("k")
        _ = try await client.get("k")
        let statistics = try await client.stats()
        #expect(statistics.redisEnabled == (redis != nil) && (statistics.redis != nil) == (redis != nil))
        #expect(statistics.memoryLimitBytes == 100 << 20 && statistics.threads == 1)
        #expect(try #require(statistics.uptimeSeconds) > 0)
        #expect(try #require(statistics.requests?.negativeHits) > 0 || redis == nil)
        #expect(statistics.cache != nil && statistics.clients?.rest == 1 && statistics.network != nil)
        #expect(try #require(statistics.latencyMs?.cached.count) > 0)
    }

    @Test("errors can be told apart")
    func errors() async throws {
        let redis = try RedisServer()
        let server = try OCMServer(upstream: redis.url, ["--rest-token", "secret", "--rest-read-token", "reader"])
        let writer = try client(server, token: "secret")
        try redis.connect().call("HSET", "h", "f", "v")
        await expect(.unauthorized) { try await client(server).get("k") }
        await expect(.unauthorized) { try await client(server, token: "wrong").get("k") }
        await expect(.forbidden) { try await client(server, token: "reader").set("k", bytes: []) }
        await expect(.wrongType) { try await writer.get("h") }
        await expect(.rejected) { try await writer.set("k", bytes: [], ttl: .zero) }
        await expect(.rejected) { try await writer.set("k", json: Array("{".utf8)) }
        await expect(.rejected) { try await writer.set("k", bytes: [UInt8](repeating: 0, count: 17 << 20)) }
        await expect(.invalidArgument) { try await writer.get("") }
        await expect(.invalidArgument) { try await writer.get(CacheKey(bytes: [0xFF])) }
        await expect(.invalidArgument) { try await client(server, token: "\n").get("k") }
        try redis.connect().call("CONFIG", "SET", "maxmemory", "1")
        await expect(.outOfMemory) { try await writer.set("k", bytes: []) }
        try redis.kill()
        try waitUntil("ocm has noticed") { try server.connect().call("GET", "k").hasPrefix("-") }
        await expect(.unavailable) { try await writer.get("k") }
        #expect(try await writer.healthcheck().status == .unhealthy)
        server.process.send(SIGKILL)
        _ = try server.process.waitForExit()
        await expect(.unreachable) { try await writer.get("k") }
    }

    @Test("a server that doesn't answer is given up")
    func timeout() async throws {
        let server = try OCMServer(upstream: nil)
        let client = try client(server, timeout: .milliseconds(100))
        _ = try await client.get("k")
        try server.process.freeze()
        await expect(.timedOut) { try await client.get("k") }
        let patient = try self.client(server)
        let task = Task { try await patient.get("k") }
        task.cancel()
        await expect(.cancelled) { try await task.value }
        server.process.thaw()
        try await client.set("k", bytes: [1])
    }

    private func expect<Value>(
        _ code: CacheClientError.Code,
        _ location: SourceLocation = #_sourceLocation,
        _ operation: () async throws -> Value
    ) async {
        do {
            _ = try await operation()
            Issue.record("it succeeded", sourceLocation: location)
        } catch {
            #expect((error as? CacheClientError)?.code == code, "\(error)", sourceLocation: location)
        }
    }
}
