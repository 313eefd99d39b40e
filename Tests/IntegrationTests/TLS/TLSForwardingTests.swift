import Foundation
import TestSupport
import Testing

@Suite("A Redis behind TLS is as any other", .serialized)
struct TLSForwardingTests {
    @Test(
        "commands, transactions, scripts, blocking commands and other databases",
        arguments: ["--cache", "--no-cache"]
    )
    func commands(mode: String) throws {
        let redis = try TLSRedis()
        let ocm = try redis.ocm([mode])
        let client = try ocm.connect()
        #expect(try client.call("SET", "k", "v") == "+OK\r\n")
        #expect(try client.call("GET", "k") == "$1\r\nv\r\n")
        try client.send("MULTI\r\nINCR n\r\nGET k\r\nEXEC\r\n")
        #expect(
            try client.read(5 + 9 + 9 + 15) == Array("+OK\r\n+QUEUED\r\n+QUEUED\r\n*2\r\n:1\r\n$1\r\nv\r\n".utf8)
        )
        #expect(try client.call("EVAL", "return redis.call('get', KEYS[1])", "1", "k") == "$1\r\nv\r\n")
        try client.sendCommand("BLPOP", "queue", "0")
        try waitUntil("it is blocked") {
            try redis.server.connect().call("INFO", "clients").contains("blocked_clients:1\r\n")
        }
        try redis.ask("RPUSH", "queue", "job")
        #expect(try client.readReply() == Array("*2\r\n$5\r\nqueue\r\n$3\r\njob\r\n".utf8))
        #expect(try client.call("SELECT", "3") == "+OK\r\n")
        #expect(try client.call("GET", "k") == "$-1\r\n")
        #expect(ocm.log.contains(" connected to Redis at rediss://localhost:\(redis.server.port)\n"))
    }

    @Test("user, password and database of the URL; the password is in no log")
    func credentials() throws {
        let redis = try TLSRedis(["--user", "app", "on", ">se:cret", "~*", "&*", "+@all"])
        let ocm = try OCMServer(
            upstream: "rediss://app:se%3Acret@localhost:\(redis.server.port)/2",
            ["--upstream-cacert", redis.authority.certificate]
        )
        let client = try ocm.connect()
        #expect(try client.call("ACL", "WHOAMI") == "$3\r\napp\r\n")
        try client.call("SET", "k", "v")
        #expect(try redis.ask("-n", "2", "GET", "k") == "v\n")
        #expect(!ocm.log.contains("cret"))
    }

    @Test("reads are hits until somebody writes to Redis directly")
    func cache() throws {
        let redis = try TLSRedis()
        let ocm = try redis.ocm(["--threads", "2"])
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        try client.call("SET", "k", "before")
        try client.waitUntilKept("GET k")
        let hits = try ocm.cacheFigure("hits")
        for _ in 0..<10 { #expect(try client.call("GET", "k") == "$6\r\nbefore\r\n") }
        #expect(try ocm.cacheFigure("hits") >= hits + 10)
        try redis.ask("SET", "k", "after")
        try waitUntil("ocm has heard of it") { try client.call("GET", "k") == "$5\r\nafter\r\n" }
    }

    @Test("subscribers hear what is published")
    func subscribers() throws {
        let redis = try TLSRedis()
        let ocm = try redis.ocm()
        let client = try ocm.connect()
        #expect(try client.call("SUBSCRIBE", "c") == "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n")
        for number in 0..<20 {
            #expect(try redis.server.connect().call("PUBLISH", "c", "message \(number)") == ":1\r\n")
            #expect(String(decoding: try client.readReply(), as: UTF8.self).hasSuffix("message \(number)\r\n"))
        }
    }

    @Test("large values arrive as they were sent")
    func largeValues() throws {
        let redis = try TLSRedis()
        let ocm = try redis.ocm()
        let client = try ocm.connect()
        let other = try ocm.connect()
        var random = SplitMix64(seed: 1)
        let value = (0..<(10 << 20)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        for count in 1...2 {
            try client.send(RawConnection.frame([Array("SET".utf8), Array("k".utf8), value]))
            #expect(try client.readReply() == Array("+OK\r\n".utf8))
            #expect(try other.call("INCR", "n") == ":\(count)\r\n")
            try client.sendCommand("GET", "k")
            #expect(try client.readReply(within: 60) == Array("$\(value.count)\r\n".utf8) + value + [13, 10])
        }
        #expect(try other.call("STRLEN", "k") == ":\(value.count)\r\n")
    }

    @Test("who ends his input gets every answer, as from Redis itself", arguments: ["TLSv1.2", "TLSv1.3"])
    func endedInput(version: String) throws {
        let redis = try TLSRedis(["--tls-protocols", version])
        let ocm = try redis.ocm()
        for input in [
            "BLPOP l 0\r\nSELECT 0\r\nBLPOP l 0\r\nPING\r\n", "SUBSCRIBE c\r\nPING\r\nPSUBSCRIBE d\r\nPING\r\n",
            "SUBSCRIBE c\r\n" + String(repeating: "PING \(String(repeating: "x", count: 1000))\r\n", count: 100),
            "MULTI\r\nSET k v\r\nEXEC\r\nGET k\r\n",
        ] {
            let replies = try (0..<21).map { number in
                try redis.server.connect().call("RPUSH", "l", "a", "b")
                let client = try number == 0 ? redis.server.connect() : ocm.connect()
                try client.send(input)
                client.finishSending()
                return String(decoding: try client.readToEnd(), as: UTF8.self)
            }
            #expect(replies[0].count > 20)
            for reply in replies.dropFirst() { #expect(reply == replies[0]) }
        }
    }

    @Test("a blocked command takes nothing for a client that has gone", arguments: ["", "GET k\r\n"])
    func goneWhileBlocked(behind: String) throws {
        let redis = try TLSRedis()
        let ocm = try redis.ocm()
        let admin = try redis.server.connect()
        do {
            let client = try ocm.connect()
            try client.send("BLPOP l 0\r\n" + behind)
            try waitUntil("it is blocked") { try admin.call("INFO", "clients").contains("blocked_clients:1\r\n") }
        }
        try waitUntil("Redis knows that it has gone") {
            try admin.call("INFO", "clients").contains("blocked_clients:0\r\n")
        }
        #expect(try admin.call("RPUSH", "l", "item") == ":1\r\n")
    }
}
