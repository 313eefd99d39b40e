import TestSupport
import Testing

/// Reads of the hash `h`, whose field `f` may expire.
enum HashReads {
    /// Those that name the fields: kept until the first of them ends.
    static let named = ["HGET h f", "HMGET h f g", "HEXISTS h f", "HSTRLEN h f"]
    /// Those that don't: kept only while no fields of hashes expire.
    static let whole = ["HGETALL h", "HKEYS h", "HVALS h", "HLEN h", "EXISTS h", "TYPE h"]

    /// Whether fields of hashes can expire in `redis`.
    static func canExpire(_ redis: RedisServer) throws -> Bool {
        try !redis.connect().call("HPEXPIRE", "none", "1", "FIELDS", "1", "f").hasPrefix("-ERR unknown command")
    }

    /// While fields may expire, what may be about all of a hash goes to Redis.
    static func expectBypass(_ client: RawConnection) throws {
        for command in whole {
            try client.call(line: command)
            #expect(try client.call(line: "CACHE EXPLAIN \(command)").contains("BYPASS field_expiry"), "\(command)")
        }
    }
}
