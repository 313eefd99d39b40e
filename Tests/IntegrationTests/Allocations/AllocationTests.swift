import TestSupport
import Testing

@Suite("Memory is allocated for no command")
struct AllocationTests {
    let counter: AllocationCounter
    let redis: RedisServer
    let ocm: OCMServer
    let client: RawConnection

    init() throws {
        counter = try AllocationCounter()
        redis = try RedisServer()
        ocm = try OCMServer(upstream: redis.url, environment: counter.environment)
        client = try ocm.connect()
        for command in ["SET k value", "SET n 1", "HSET h field value"] { try client.call(line: command) }
        // The connection and the process started with some.
        #expect(counter.count > 1000)
    }

    @Test(
        "that hits, in pipelines of any depth",
        arguments: ["GET k", "GET missing", "HGET h field", "MGET k missing n", "STRLEN k", "EXISTS k"],
        [1, 16]
    )
    func hits(command: String, depth: Int) throws {
        try client.waitUntilKept(command)
        func hits() throws -> Int { try ocm.cacheFigure("hits") + ocm.cacheFigure("negative_hits") }
        let before = try hits()
        #expect(try allocations(for: command, depth) < 0.5)
        #expect(try hits() >= before + Self.turns * depth)
    }

    @Test("that is forwarded, in pipelines of any depth", arguments: ["SET k other", "INCR n", "PING"], [1, 16])
    func forwarded(command: String, depth: Int) throws {
        #expect(try allocations(for: command, depth) < 0.5)
    }

    private static let turns = 4800

    /// How many there are for each pipeline of many, those included that are for the heartbeats meanwhile.
    private func allocations(for command: String, _ depth: Int) throws -> Double {
        let frame = RawConnection.frame(command.split(separator: " ").map { Array($0.utf8) })
        let pipeline = Array(repeatElement(frame, count: depth).joined())
        func run(_ turns: Int) throws {
            for _ in 0..<turns {
                try client.send(pipeline)
                for _ in 0..<depth { _ = try client.readReply() }
            }
        }
        // Buffers grow to what they need first.
        try run(500)
        let before = counter.count
        try run(Self.turns)
        return Double(counter.count - before) / Double(Self.turns)
    }
}
