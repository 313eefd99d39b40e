import TestSupport
import Testing

@testable import Upstream

@Suite("The embedded store's memory")
struct MemoryTests {
    @Test(
        "is accounted for to the byte: whatever is done and undone leaves nothing behind",
        arguments: 1...3 as ClosedRange<UInt64>
    )
    func account(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let client = StoreClient()
        try client.call("SET", "lasting", "v")
        let before = try client.info("used_memory")
        for _ in 0..<20_000 {
            let key = "key\(Int.random(in: 0..<300, using: &random))"
            let field =
                String(repeating: "f", count: random.pick([1, 20, 70])) + "\(Int.random(in: 0..<20, using: &random))"
            let value = String(repeating: "v", count: random.pick([0, 3, 50, 64, 65, 500, 20_000]))
            switch Int.random(in: 0..<12, using: &random) {
            case 0, 1: try client.call("SET", key, value)
            case 2: try client.call("APPEND", key, value)
            case 3: try client.call("SETRANGE", key, "\(Int.random(in: 0..<3000, using: &random))", value)
            case 4: try client.call("INCR", key)
            case 5, 6: try client.call("HSET", key, field, value)
            case 7: try client.call("HDEL", key, field)
            case 8: try client.call("SET", key, value, "PX", "\(Int.random(in: 1..<50, using: &random))")
            case 9: try client.call("RENAME", key, "key\(Int.random(in: 0..<300, using: &random))")
            case 10: try client.call("COPY", key, "key\(Int.random(in: 0..<300, using: &random))", "REPLACE")
            default: try client.call(random.pick(["DEL", "UNLINK"]), key)
            }
            client.advance(milliseconds: 1)
        }
        for number in 0..<300 { try client.call(random.pick(["DEL", "UNLINK"]), "key\(number)") }
        for _ in 0..<100 { client.store.runCycle() }
        #expect(try client.call("DBSIZE") == ":1\r\n")
        #expect(try client.info("used_memory") == before)
        try client.call("FLUSHALL")
        for _ in 0..<100 { client.store.runCycle() }
        #expect(try client.info("used_memory") < before)
    }

    @Test("of a field is given back with the field, while its hash lives on")
    func fields() throws {
        let client = StoreClient()
        try client.call("HSET", "h", "lasting", String(repeating: "v", count: 100))
        for number in 0..<100 { try client.call("HSET", "h", "field\(number)", "v") }
        let before = try client.info("used_memory")
        for round in 0..<3 {
            for number in 0..<100 { try client.call("HSET", "h", "other\(round)-\(number)", "v") }
            for number in 0..<100 { try client.call("HDEL", "h", "other\(round)-\(number)") }
        }
        // The table may have grown meanwhile: by a few buckets, not by 300 fields.
        #expect(try client.info("used_memory") - before < 4000)
    }

    @Test("never exceeds the limit, and the limit is made use of", arguments: 1...3 as ClosedRange<UInt64>)
    func limit(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let limit = 2 << 20
        let client = StoreClient(memoryLimit: limit)
        var highest = 0
        for step in 0..<30_000 {
            let key = "key\(Int.random(in: 0..<random.pick([100, 50_000]), using: &random))"
            let value = String(repeating: "v", count: Int.random(in: 0..<random.pick([10, 100, 5000]), using: &random))
            let reply =
                switch Int.random(in: 0..<6, using: &random) {
                case 0: try client.call("HSET", "h\(key)", "\(step)", value)
                case 1: try client.call("HSET", "h\(key)", value, "\(step)")
                case 2: try client.call("HINCRBYFLOAT", "h\(key)", "n", random.pick(["1e300", "0.1"]))
                case 3: try client.call("MSET", key, value, "\(key)\(step)", value, "x\(key)", value)
                case 4: try client.call("APPEND", key, value)
                default: try client.call("SET", key, value)
                }
            #expect(!reply.hasPrefix("-OOM"))
            if step % 100 == 0 { client.advance(milliseconds: 1) }
            if step % 10 == 0 { highest = max(highest, try client.info("used_memory")) }
        }
        #expect(highest <= limit)
        #expect(try client.info("used_memory") > limit * 9 / 10)
        #expect(try client.info("evicted_keys") > 1000)
    }

    @Test("what can never fit is refused in Redis's words, and nothing is lost for it")
    func tooBig() throws {
        let client = StoreClient(memoryLimit: 1 << 20)
        for number in 0..<100 { try client.call("SET", "key\(number)", String(repeating: "v", count: 1000)) }
        let big = String(repeating: "v", count: 2 << 20)
        let error = "-OOM command not allowed when used memory > 'maxmemory'.\r\n"
        #expect(try client.call("SET", "key1", big) == error)
        #expect(try client.call("APPEND", "key1", big) == error)
        #expect(try client.call("SETRANGE", "key1", "2000000", "x") == error)
        #expect(try client.call("HSET", "hash", "field", big) == error)
        #expect(try client.call("DBSIZE") == ":100\r\n" && client.call("STRLEN", "key1") == ":1000\r\n")
    }

    @Test("goes to what is used: of old keys those stay that are read again and again")
    func leastRecentlyUsed() throws {
        let client = StoreClient(memoryLimit: 1 << 20)
        for number in 0..<100 { try client.call("SET", "hot\(number)", "v") }
        for number in 0..<20_000 {
            client.advance(milliseconds: 1)
            try client.call("SET", "cold\(number)", String(repeating: "v", count: 100))
            try client.call("GET", "hot\(number % 100)")
        }
        let kept = try (0..<100).count { try client.call("EXISTS", "hot\($0)") == ":1\r\n" }
        #expect(kept >= 98, "a choice at random would leave next to none")
    }

    @Test("what was read a few times outlives a scan that takes more than all of the memory")
    func scan() throws {
        let client = StoreClient(memoryLimit: 1 << 20)
        try setAndRead(client, "hot")
        try scan(client)
        #expect(try client.info("evicted_keys") > 8000)
        #expect(try kept(client) >= 190, "by their last use all of them would have gone")
    }

    @Test("a value that a command works on isn't evicted for it")
    func workedOn() throws {
        let client = StoreClient(memoryLimit: 8 << 20)
        for number in 0..<1000 { try client.call("SET", "key\(number)", "v") }
        let piece = String(repeating: "v", count: 64 << 10)
        var length = 0
        // Twice the string, while it is copied, and the rest.
        while length < 3 << 20 {
            length += piece.utf8.count
            #expect(try client.call("APPEND", "log", piece) == ":\(length)\r\n")
        }
        #expect(try client.call("SETRANGE", "log", "10", "x") == ":\(length)\r\n")
        #expect(try client.call("COPY", "log", "other", "REPLACE") == ":1\r\n")
        #expect(try client.call("STRLEN", "log") == ":\(length)\r\n")
        #expect(try client.call("APPEND", "log", String(repeating: "v", count: 2 << 20)).hasPrefix("-OOM"))
        #expect(try client.call("STRLEN", "log") == ":\(length)\r\n")
        #expect(try client.call("DBSIZE") != ":1\r\n", "what can't fit drives nothing out")
    }

    @Test(
        "what SET is to look at isn't evicted for what it is to write",
        arguments: [
            ("SETNX", nil, ":0\r\n"), ("SET", "NX", "$-1\r\n"), ("SET", "XX", "+OK\r\n"), ("SET", "KEEPTTL", "+OK\r\n"),
            ("SET", "GET", "$300000\r\n"), ("MSETNX", nil, ":0\r\n"),
        ]
    )
    func conditions(name: String, option: String?, reply: String) throws {
        let client = StoreClient(memoryLimit: 2 << 20)
        for _ in 0..<20 {
            for number in 0..<400 { try client.call("SET", "key\(number)", String(repeating: "v", count: 5000)) }
            try client.call("SET", "k", String(repeating: "o", count: 300_000), "EX", "1000")
            client.advance(milliseconds: 10_000)
            #expect(try client.call("EXISTS", "k") == ":1\r\n")
            let words = [name, "k", String(repeating: "n", count: 400_000)] + [option].compactMap { $0 }
            #expect(try client.call(words).hasPrefix(reply))
            if option == "KEEPTTL" { #expect(try client.call("TTL", "k") == ":990\r\n") }
        }
    }

    @Test("a full store comes to have the table that its keys need", arguments: [(20_000, 1), (1, 2000)])
    func tables(first: Int, then: Int) throws {
        let client = StoreClient(memoryLimit: 4 << 20)
        let values = [first, then].map { String(repeating: "v", count: $0) }
        for number in 0..<60_000 { try client.call("SET", "first\(number)", values[0]) }
        let fresh = StoreClient(memoryLimit: 4 << 20)
        for number in 0..<120_000 {
            if number % 100 == 0 {
                client.advance(milliseconds: 16)
                fresh.advance(milliseconds: 16)
            }
            try client.call("SET", "then\(number)", values[1])
            try fresh.call("SET", "then\(number)", values[1])
        }
        let (keys, enough) = try (client.call("DBSIZE"), fresh.call("DBSIZE"))
        let counts = [keys, enough].compactMap { Int($0.dropFirst().dropLast(1)) }
        #expect(counts.count == 2 && counts[0] >= counts[1] * 9 / 10, "\(counts)")
        let table = client.store.keyspace.databases[0].keys
        #expect(table.count <= table.active.count * 9, "chains would grow with every key")
    }

    @Test("a renamed key is as much worth as before")
    func renamed() throws {
        let client = StoreClient(memoryLimit: 1 << 20)
        try setAndRead(client, "new")
        for number in 0..<200 { try client.call("RENAME", "new\(number)", "hot\(number)") }
        try scan(client)
        #expect(try kept(client) >= 190)
    }

    @Test("a clock that is set back makes nothing look unused")
    func clockSetBack() throws {
        let client = StoreClient(memoryLimit: 1 << 20)
        client.advance(milliseconds: 10_000)
        for number in 0..<200 { try client.call("SET", "hot\(number)", "v") }
        for number in 0..<200 { try client.call("GET", "hot\(number)") }
        client.advance(milliseconds: -2000)
        for number in 0..<9000 { try client.call("SET", "cold\(number)", String(repeating: "v", count: 100)) }
        #expect(try client.info("evicted_keys") > 1000)
        #expect(try kept(client) >= 190)
    }

    @Test("of keys that are used alike the large go first")
    func sizes() throws {
        let client = StoreClient(memoryLimit: 1 << 20)
        for number in 0..<1000 {
            client.advance(milliseconds: 16)
            try client.call("SET", "small\(number)", String(repeating: "v", count: 100))
            try client.call("HSET", "large\(number)", "field", String(repeating: "v", count: 4000))
        }
        let small = try (0..<1000).count { try client.call("EXISTS", "small\($0)") == ":1\r\n" }
        #expect(small >= 900)
    }

    /// Sets 200 keys and reads them three times.
    private func setAndRead(_ client: StoreClient, _ prefix: String) throws {
        for number in 0..<200 { try client.call("SET", "\(prefix)\(number)", "v") }
        for _ in 0..<3 {
            client.advance(milliseconds: 16)
            for number in 0..<200 { try client.call("GET", "\(prefix)\(number)") }
        }
    }

    /// Sets keys that nobody reads, more than a megabyte of them.
    private func scan(_ client: StoreClient) throws {
        for number in 0..<15_000 {
            client.advance(milliseconds: 1)
            try client.call("SET", "cold\(number)", String(repeating: "v", count: 100))
        }
    }

    /// How many of the 200 hot keys are there.
    private func kept(_ client: StoreClient) throws -> Int {
        try (0..<200).count { try client.call("EXISTS", "hot\($0)") == ":1\r\n" }
    }
}
