import TestSupport
import Testing

/// What is kept only while no fields of hashes expire.
enum HashReads {
    /// Reads of the hash `h`, whose field `f` may expire.
    static let all = [
        "HGET h f", "HGETALL h", "HMGET h f g", "HKEYS h", "HVALS h", "HLEN h", "HEXISTS h f", "HSTRLEN h f",
        "EXISTS h", "TYPE h",
    ]

    /// Whether fields of hashes can expire in `redis`.
    static func canExpire(_ redis: RedisServer) throws -> Bool {
        try !redis.connect().call("HPEXPIRE", "none", "1", "FIELDS", "1", "f").hasPrefix("-ERR unknown command")
    }

    /// Everything that may be about a hash goes to Redis; strings are kept.
    static func expectBypass(_ client: RawConnection) throws {
        for command in all {
            let words = command.split(separator: " ").map(String.init)
            try client.call(words)
            #expect(try client.call(["CACHE", "EXPLAIN"] + words).contains("BYPASS field_expiry"), "\(command)")
        }
        try client.waitUntilKept("GET s")
    }
}
