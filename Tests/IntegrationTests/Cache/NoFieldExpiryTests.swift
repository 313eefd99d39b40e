import Foundation
import TestSupport
import Testing

@Suite(
    "Before a Redis without fields that expire",
    .enabled("the redis-server in PATH has HPEXPIRE") { try !HashReads.canExpire(RedisServer()) }
)
struct NoFieldExpiryTests {
    @Test("hashes are kept, whatever clients send")
    func unaffected() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        try client.call("HSET", "h", "f", "v")
        try client.waitUntilKept("HGETALL h")
        #expect(
            try client.call("HPEXPIRE", "h", "100", "FIELDS", "1", "f").hasPrefix("-ERR unknown command 'HPEXPIRE'")
        )
        try client.waitUntilKept("HGETALL h")
    }

    @Test("if Redis doesn't tell what it is, what clients send decides: hashes are read from Redis")
    func untold() throws {
        let redis = try RedisServer("--user default on nopass ~* &* +@all -info".components(separatedBy: " "))
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        try client.call("HSET", "h", "f", "v")
        try client.call("SET", "s", "v")
        for command in HashReads.whole + HashReads.named + ["GET s", "STRLEN s"] { try client.waitUntilKept(command) }
        try client.call("HPEXPIRE", "h", "100000", "FIELDS", "1", "f")
        try HashReads.expectBypass(client)
        // Nobody knows how long their fields live, as HPTTL is no command here, either.
        try client.call("HSET", "h", "f", "w")
        for command in HashReads.named {
            for _ in 0..<3 { try client.call(line: command) }
            #expect(try client.call(line: "CACHE EXPLAIN \(command)").contains("MISS"), "\(command)")
        }
        try client.waitUntilKept("GET s")
    }
}
