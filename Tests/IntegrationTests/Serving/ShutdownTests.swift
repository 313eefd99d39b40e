import Foundation
import TestSupport
import Testing

@Suite("SIGTERM", .serialized)
struct ShutdownTests {
    @Test("what is under way is finished, nobody new is let in, and the status is 0", arguments: [SIGTERM, SIGINT])
    func underWay(signal: Int32) throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        let idle = try ocm.connect()
        try idle.call("PING")
        try client.call("SET", "k", "v")
        try redis.freeze()
        try client.send("GET k\r\nINCR n\r\n")
        try waitUntil("the commands are with ocm") { try ocm.connect().call("INFO", "ocm").contains("forwarded:4\r\n") }
        ocm.process.send(signal)
        #expect(try idle.readToEnd().isEmpty)
        try waitUntil("nobody new is let in") { (try? ocm.connect()) == nil }
        #expect(ocm.process.isRunning)
        redis.thaw()
        #expect(try client.readToEnd() == Array("$1\r\nv\r\n:1\r\n".utf8))
        #expect(try ocm.process.waitForExit() == 0)
    }

    @Test("who waits for something that doesn't come is cut off after --shutdown-timeout")
    func blocked() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, ["--shutdown-timeout", "500ms"])
        let client = try ocm.connect()
        try client.sendCommand("BLPOP", "queue", "0")
        let admin = try redis.connect()
        try waitUntil("it waits") { try admin.call("INFO", "clients").contains("blocked_clients:1\r\n") }
        #expect(try ocm.stop() == 0)
        #expect(try client.readToEnd().isEmpty)
        #expect(try admin.call("RPUSH", "queue", "job") == ":1\r\n", "nobody took it away")
    }

    @Test("who still waits for Redis's first word stops at once", arguments: ["1", "2"])
    func connecting(threads: String) throws {
        let redis = try RedisServer()
        try redis.freeze()
        defer { redis.thaw() }
        let ocm = try OCMServer(upstream: redis.url, ["--threads", threads], ready: false)
        try waitUntil("it connects") { ocm.log.hasSuffix("connecting to Redis at 127.0.0.1:\(redis.port)\n") }
        ocm.process.send(SIGTERM)
        // The attempt would take five seconds to fail.
        #expect(try ocm.process.waitForExit(within: 3) == 0)
        #expect(!ocm.log.contains("is ready") && ocm.log.contains("stopped"), "\(ocm.log)")
    }

    @Test("what waits behind a command that takes its time is answered, too")
    func behindSlowCommand() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        try client.send("BLPOP q 0\r\nSELECT 1\r\nINCR n\r\nHALF")
        try waitUntil("it is blocked") { try redis.connect().call("INFO", "clients").contains("blocked_clients:1\r\n") }
        ocm.process.send(SIGTERM)
        // By then who does nothing is let go.
        sleep(1)
        try redis.connect().call("RPUSH", "q", "x")
        let replies = "*2\r\n$1\r\nq\r\n$1\r\nx\r\n+OK\r\n:1\r\n"
        #expect(String(decoding: try client.readToEnd(), as: UTF8.self) == replies)
        #expect(try ocm.process.waitForExit() == 0)
    }

    @Test("a subscriber is let go at once")
    func subscriber() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let subscriber = try ocm.connect()
        try subscriber.call("SUBSCRIBE", "news")
        #expect(try ocm.stop() == 0)
        #expect(try subscriber.readToEnd().isEmpty)
    }

    @Test("under load, all that has come is answered, of those too who are not accepted yet", arguments: ["1", "2"])
    func underLoad(threads: String) throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, ["--threads", threads])
        let early = try (0..<20).map { _ in try ocm.connect() }
        // What comes now waits in the system's queues.
        try ocm.process.freeze()
        let clients = try early + (0..<200).map { _ in try ocm.connect() }
        for (index, client) in clients.enumerated() {
            try client.send((0..<200).map { "ECHO \(index)-\($0)\r\n" }.joined())
        }
        ocm.process.send(SIGTERM)
        ocm.process.thaw()
        for (index, client) in clients.enumerated() {
            let all = (0..<200).map { number in
                let text = "\(index)-\(number)"
                return "$\(text.count)\r\n\(text)\r\n"
            }
            #expect(String(decoding: try client.readToEnd(), as: UTF8.self) == all.joined())
        }
        #expect(try ocm.process.waitForExit() == 0)
    }
}
