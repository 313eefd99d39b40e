import TestSupport
import Testing

/// Debian's Redis, 7.0, has none: put a newer one first in PATH to run these.
@Suite(
    "Before a Redis with fields that expire",
    .enabled("the redis-server in PATH has no HPEXPIRE") { try HashReads.canExpire(RedisServer()) }
)
struct FieldExpiryTests {
    let redis: RedisServer
    let ocm: OCMServer
    let client: RawConnection
    let other: RawConnection

    init() throws {
        redis = try RedisServer()
        ocm = try OCMServer(upstream: redis.url)
        client = try ocm.connect()
        other = try redis.connect()
        try other.call("SET", "s", "v")
        try other.call("HSET", "h", "f", "v")
    }

    @Test("while no field expires, hashes are kept")
    func unused() throws {
        for command in HashReads.whole + HashReads.named { try client.waitUntilKept(command) }
    }

    @Test(
        "a client's own command counts from the moment it is sent, wherever it is given",
        arguments: [
            ["HPEXPIRE h 100000 FIELDS 1 f"], ["MULTI", "HEXPIRE h 100 FIELDS 1 f", "EXEC"],
            ["CLIENT TRACKING ON", "HEXPIREAT h 9999999999 FIELDS 1 f"],
        ]
    )
    func ownCommand(commands: [String]) throws {
        for command in HashReads.whole + HashReads.named { try client.waitUntilKept(command) }
        let writer = try ocm.connect()
        for command in commands { try writer.call(line: command) }
        try HashReads.expectBypass(client)
        for command in HashReads.named + ["GET s"] { try client.waitUntilKept(command) }
    }

    @Test("what somebody else gives an end is noticed within a second")
    func foreignCommand() throws {
        for command in HashReads.whole + HashReads.named { try client.waitUntilKept(command) }
        try other.call("HSET", "h2", "f", "v")
        try other.call("HPEXPIRE", "h2", "100000", "FIELDS", "1", "f")
        try waitUntil("it is noticed") {
            try client.call("CACHE", "EXPLAIN", "HGETALL", "h").contains("BYPASS field_expiry")
        }
        try HashReads.expectBypass(client)
        let late = try OCMServer(upstream: redis.url)
        try late.waitUntilCaching()
        try HashReads.expectBypass(try late.connect())
    }

    @Test("a field that has ended is missing in every read, though Redis removes it seconds later")
    func ended() throws {
        for command in HashReads.whole + HashReads.named { try client.waitUntilKept(command) }
        try client.call("HSET", "h", "g", "w")
        // Redis goes by the first end, since the second is less than four seconds before it.
        for milliseconds in ["5000", "1500"] { try client.call("HPEXPIRE", "h", milliseconds, "FIELDS", "1", "f") }
        for command in HashReads.named { try client.waitUntilKept(command) }
        try waitUntil("it has ended") { try other.call("HGETALL", "h") == "*2\r\n$1\r\ng\r\n$1\r\nw\r\n" }
        for command in HashReads.named + HashReads.whole {
            let reply = try client.call(line: command)
            #expect(try reply == other.call(line: command), "\(command)")
        }
    }

    @Test("what is read of fields is a hit until the first of them ends, and no longer, whoever gave it its end")
    func deadline() throws {
        let gone = "*2\r\n$1\r\ng\r\n$1\r\nw\r\n"
        for round in 0..<20 {
            try other.call("DEL", "h")
            try other.call("HSET", "h", "f", "v", "g", "w")
            // Redis would say itself, 0.1 s late at most, that the hash has changed if this weren't the second end.
            for milliseconds in ["4000", "100"] {
                try (round < 10 ? client : other).call("HPEXPIRE", "h", milliseconds, "FIELDS", "1", "f")
            }
            // Which HGETALL leaves to Redis to remove.
            while try other.call("HGETALL", "h") != gone {
                for command in HashReads.named { try client.call(line: command) }
            }
            #expect(try client.call("HGET", "h", "f") == "$-1\r\n")
            #expect(try client.call("HMGET", "h", "f", "g") == "*2\r\n$-1\r\n$1\r\nw\r\n")
            #expect(try client.call("HEXISTS", "h", "f") == ":0\r\n")
            #expect(try client.call("HSTRLEN", "h", "f") == ":0\r\n")
        }
        #expect(try ocm.cacheFigure("hits") > 100)
    }
}
