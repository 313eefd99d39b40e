import TestSupport
import Testing

@Suite("What comes from the cache is what Redis says", .serialized)
struct CachedReadingTests {
    private let redis: RedisServer
    private let ocm: OCMServer

    init() throws {
        redis = try RedisServer()
        ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
        let admin = try redis.connect()
        for line in [
            "SET s hello", "SET n 12", "SETBIT b 7 1", "HSET h f 1 g two", "RPUSH l a b c a", "SADD S a b c",
            "ZADD z 1 a 2.5 b 3 c", "ZADD lex 0 a 0 b 0 c",
            "GEOADD g 13.361389 38.115556 Palermo 15.087269 37.502669 Catania",
            "XADD x 1-1 f v", "XADD x 2-1 f w",
        ] {
            try admin.send(line + "\r\n")
            _ = try admin.readReply()
        }
    }

    static let commands = """
        GET s|GET none|STRLEN s|GETRANGE s 1 3|SUBSTR s 0 1|GETBIT b 7|BITCOUNT b|BITPOS b 1|EXISTS s|EXISTS none|TYPE h
        TYPE none|HGET h f|HGET h none|HGET none f|HMGET h f none|HGETALL h|HGETALL none|HKEYS h|HVALS h|HLEN h|HEXISTS h f
        HSTRLEN h g|LRANGE l 0 -1|LRANGE none 0 -1|LINDEX l 1|LINDEX l 99|LLEN l|LPOS l a|LPOS l a RANK 2|SMEMBERS S
        SISMEMBER S a|SISMEMBER S z|SMISMEMBER S a z|SMISMEMBER none a z|SCARD S|ZRANGE z 0 -1 WITHSCORES|ZREVRANGE z 0 -1
        ZRANGEBYSCORE z 1 2|ZREVRANGEBYSCORE z 3 1|ZRANGEBYLEX lex [a [b|ZREVRANGEBYLEX lex [b [a|ZSCORE z b|ZSCORE z none
        ZMSCORE z a none|ZRANK z b|ZREVRANK z b|ZCARD z|ZCOUNT z 1 2|ZLEXCOUNT lex - +|GEOPOS g Palermo none
        GEODIST g Palermo Catania km|GEOHASH g Palermo|GEOSEARCH g FROMLONLAT 15 37 BYRADIUS 200 km ASC
        GEORADIUS_RO g 15 37 200 km|GEORADIUSBYMEMBER_RO g Palermo 200 km|XRANGE x - +|XREVRANGE x + -|XLEN x|XLEN none
        BITFIELD_RO b GET u8 0|MGET s n none|MGET none
        """.split(whereSeparator: { $0 == "|" || $0 == "\n" }).map(String.init)

    @Test("every command whose replies are kept, in both versions, missing keys included", arguments: [2, 3])
    func everyCommand(version: Int) throws {
        let direct = try redis.connect()
        let client = try ocm.connect()
        for connection in [direct, client] where version == 3 { try connection.call("HELLO", "3") }
        for command in Self.commands {
            try direct.send(command + "\r\n")
            let expected = try direct.readReply()
            // A connection isn't tracked from the first moment on, and a key's other replies are in doubt for a moment
            // after each new one.
            var rounds = 0
            try waitUntil("\(command) is kept") {
                rounds += 1
                try client.send("\(command)\r\nCACHE EXPLAIN \(command)\r\n")
                #expect(try client.readReply() == expected, "\(command), time \(rounds)")
                return try client.readReply().elementsEqual("$3\r\nHIT\r\n".utf8)
            }
            try client.send(command + "\r\n")
            #expect(try client.readReply() == expected, "\(command) from the cache")
        }
    }

    @Test("never what only looks alike: other arguments, another database, errors")
    func distinct() throws {
        let client = try ocm.connect()
        #expect(try client.call("HGET", "h", "f") == "$1\r\n1\r\n")
        #expect(try client.call("HGET", "h", "g") == "$3\r\ntwo\r\n")
        #expect(try client.call("HMGET", "h", "f", "g") == "*2\r\n$1\r\n1\r\n$3\r\ntwo\r\n")
        #expect(try client.call("HMGET", "h", "fg") == "*1\r\n$-1\r\n")
        #expect(try client.call("HMGET", "h", "f$1g") == "*1\r\n$-1\r\n")
        #expect(try client.call("GETRANGE", "s", "0", "1") == "$2\r\nhe\r\n")
        #expect(try client.call("SUBSTR", "s", "0", "1") == "$2\r\nhe\r\n")
        #expect(try client.call("GETRANGE", "s", "01", "1").hasPrefix("-ERR value is not an integer"))
        #expect(try client.call("EXISTS", "s", "none") == ":1\r\n")
        #expect(try client.call("GET", "h").hasPrefix("-WRONGTYPE"))
        #expect(try client.call("MGET", "h", "s") == "*2\r\n$-1\r\n$5\r\nhello\r\n", "MGET says nil to a hash")
        #expect(try client.call("GET", "h").hasPrefix("-WRONGTYPE"), "and GET still says WRONGTYPE")
        try client.call("GET", "s")
        try client.call("SELECT", "5")
        #expect(try client.call("GET", "s") == "$-1\r\n")
    }

    @Test("MGET asks for the missing keys alone, in one command")
    func partialMGet() throws {
        let client = try ocm.connect()
        try client.call("GET", "s")
        let monitor = try redis.connect()
        try monitor.call("MONITOR")
        #expect(
            try client.call("MGET", "none", "s", "n", "s") == "*4\r\n$-1\r\n$5\r\nhello\r\n$2\r\n12\r\n$5\r\nhello\r\n"
        )
        #expect(
            String(decoding: try monitor.readReply(), as: UTF8.self).hasSuffix("\"CLIENT\" \"CACHING\" \"YES\"\r\n")
        )
        #expect(String(decoding: try monitor.readReply(), as: UTF8.self).hasSuffix("\"MGET\" \"none\" \"n\"\r\n"))
        #expect(String(decoding: try monitor.readReply(), as: UTF8.self).hasSuffix("\"PTTL\" \"none\"\r\n"))
        #expect(String(decoding: try monitor.readReply(), as: UTF8.self).hasSuffix("\"PTTL\" \"n\"\r\n"))
        for _ in 0..<2 { #expect(try client.call("MGET", "n", "none") == "*2\r\n$2\r\n12\r\n$-1\r\n") }
        #expect(try client.call("GET", "n") == "$2\r\n12\r\n", "GET and MGET share what is kept")
        #expect(try monitor.isSilent(for: 0.1))
    }

    @Test("many who ask the same at once are one command for Redis", arguments: ["GET s", "HGETALL h", "MGET s t s"])
    func singleFlight(command: String) throws {
        let clients = try (0..<20).map { _ in try ocm.connect() }
        let monitor = try redis.connect()
        try monitor.call("MONITOR")
        try redis.freeze()
        for client in clients { try client.send("CLIENT GETNAME\r\n\(command)\r\n") }
        for client in clients { _ = try client.readReply() }
        redis.thaw()
        let replies = Set(try clients.map { try $0.readReply() })
        #expect(replies.count == 1)
        var seen = 0
        while try !monitor.isSilent(for: 0.2) {
            let line = String(decoding: try monitor.readReply(), as: UTF8.self)
            if line.contains("\"\(command.prefix { $0 != " " })\"") { seen += 1 }
        }
        #expect(seen == 1)
        #expect(try clients[0].call("INFO", "ocm").contains("ocm_cache_coalesced:19\r\n"))
    }

    @Test("those who lack the same keys share one MGET, each with what was kept of his others")
    func singleFlightOfPart() throws {
        let clients = try (0..<21).map { _ in try ocm.connect() }
        for (key, value) in [("m:a", "A"), ("m:b", "B"), ("m:c", "C"), ("m:d", "D")] {
            try redis.connect().call("SET", key, value)
        }
        for key in ["m:a", "m:d"] { try clients[0].waitUntilKept("GET \(key)") }
        let monitor = try redis.connect()
        try monitor.call("MONITOR")
        try redis.freeze()
        let commands = ["MGET m:a m:b m:c", "MGET m:b m:d m:c m:a", "MGET m:b m:c"]
        for (index, client) in clients.enumerated() {
            // The last has something of its own on one of the keys outstanding, and then a hit behind it.
            let before = index == 20 ? "APPEND m:b B\r\n" : "CLIENT GETNAME\r\n"
            try client.send("\(before)\(commands[index % 3])\r\nGET m:b\r\nGET m:d\r\n")
        }
        for client in clients.dropLast() { _ = try client.readReply() }
        redis.thaw()
        let strings = ["A": "$1\r\nA\r\n", "B": "$1\r\nB\r\n", "C": "$1\r\nC\r\n", "D": "$1\r\nD\r\n"]
        for (index, client) in clients.dropLast().enumerated() {
            let expected = ["ABC", "BDCA", "BC"][index % 3].map { strings[String($0)]! }
            let reply = String(decoding: try client.readReply(), as: UTF8.self)
            #expect(reply == "*\(expected.count)\r\n\(expected.joined())")
            #expect(try client.readReply().starts(with: "$".utf8))
            #expect(try client.readReply() == Array("$1\r\nD\r\n".utf8))
        }
        let last = try (0..<4).map { _ in String(decoding: try clients[20].readReply(), as: UTF8.self) }
        #expect(last == [":2\r\n", "*2\r\n$2\r\nBB\r\n$1\r\nC\r\n", "$2\r\nBB\r\n", "$1\r\nD\r\n"])
        var seen = 0
        while try !monitor.isSilent(for: 0.2) {
            if String(decoding: try monitor.readReply(), as: UTF8.self).contains("\"MGET\"") { seen += 1 }
        }
        #expect(seen == 2)
    }

    @Test("a client that always has misses on their way has its hits all the same")
    func hitsAmongMisses() throws {
        let client = try ocm.connect()
        try client.call("GET", "s")
        try waitUntil("s is kept") { try client.call("CACHE", "EXPLAIN", "GET", "s") == "$3\r\nHIT\r\n" }
        // Each time more of them may be out at once.
        for round in 0..<4 {
            let misses = (0..<256).map { "GET miss:\(round):\($0)\r\n" }
            try client.send(misses.joined(separator: "GET s\r\n"))
            for index in 0..<511 {
                let expected = index % 2 == 0 ? "$-1\r\n" : "$5\r\nhello\r\n"
                #expect(try client.readReply().elementsEqual(expected.utf8))
            }
        }
        #expect(try client.call("INFO", "ocm").contains("\r\nocm_cache_hits:1020\r\n"))
    }

    @Test("reads that follow an own write are no hits, and yet count for the keys asked for most")
    func topKeys() throws {
        let clients = try (0..<100).map { _ in try ocm.connect() }
        try redis.freeze()
        // Each may have some commands out, and then it waits for replies, after which it might have hits.
        for client in clients { try client.send("SET s hello\r\n" + String(repeating: "GET s\r\n", count: 10)) }
        redis.thaw()
        for client in clients { for _ in 0...10 { _ = try client.readReply() } }
        let info = try clients[0].call("INFO", "ocm")
        let count = info.split(separator: "ocm_top_key_1:s,").last?.prefix { $0.isNumber }
        // One read in 32 is looked at, on average.
        #expect(Int(count ?? "") ?? 0 > 500, "\(info)")
    }

    @Test("a pipeline of hits, misses and writes comes back in order, cut anywhere", arguments: 1...4)
    func order(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let admin = try redis.connect()
        for index in 0..<50 { try admin.call("SET", "k\(index)", "\(index)") }
        let client = try ocm.connect()
        for _ in 0..<40 {
            var request: [UInt8] = []
            var expected: [String] = []
            for _ in 0..<Int.random(in: 1...60, using: &random) {
                let index = Int.random(in: 0..<50, using: &random)
                switch Int.random(in: 0..<6, using: &random) {
                case 0:
                    request += Array("MGET k\(index) k\((index + 1) % 50) none\r\n".utf8)
                    let values = [index, (index + 1) % 50].map { "$\("\($0)".count)\r\n\($0)\r\n" }
                    expected.append("*3\r\n\(values[0])\(values[1])$-1\r\n")
                case 1:
                    request += Array("SET k\(index) \(index)\r\n".utf8)
                    expected.append("+OK\r\n")
                case 2:
                    request += Array("STRLEN k\(index)\r\n".utf8)
                    expected.append(":\("\(index)".count)\r\n")
                case 3:
                    request += Array("ECHO \(index)\r\n".utf8)
                    expected.append("$\("\(index)".count)\r\n\(index)\r\n")
                default:
                    request += Array("GET k\(index)\r\n".utf8)
                    expected.append("$\("\(index)".count)\r\n\(index)\r\n")
                }
            }
            while !request.isEmpty {
                let piece = Array(request.prefix(Int.random(in: 1...400, using: &random)))
                try client.send(piece)
                request.removeFirst(piece.count)
            }
            for reply in expected { #expect(String(decoding: try client.readReply(), as: UTF8.self) == reply) }
        }
    }
}
