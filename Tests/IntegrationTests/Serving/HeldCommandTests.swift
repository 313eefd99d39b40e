import Foundation
import TestSupport
import Testing

@Suite("What Redis holds back for one client", .serialized)
struct HeldCommandTests {
    @Test("WAIT in a transaction that is sent at once is one of its commands")
    func waitInTransaction() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        for version in ["2", "3"] {
            let client = try ocm.connect()
            try client.call("HELLO", version)
            for wait in ["WAIT 0 10", "WAIT x 1"] {
                let transaction = "MULTI\r\nSET a 1\r\n\(wait)\r\nEXEC\r\nPING\r\n"
                let direct = try redis.connect()
                try direct.call("HELLO", version)
                try direct.send(transaction)
                try client.send(transaction)
                for _ in 0..<5 { #expect(try client.readReply() == direct.readReply()) }
            }
        }
    }

    @Test("SHUTDOWN that waits for a replica holds up nobody else, and can be called off")
    func shutdown() throws {
        let redis = try RedisServer(["--shutdown-timeout", "60"])
        let replica = try RedisServer(["--replicaof", "127.0.0.1 \(redis.port)"])
        let ocm = try OCMServer(upstream: redis.url)
        let admin = try redis.connect()
        try waitUntil("the replica is online") { try admin.call("INFO", "replication").contains("state=online") }
        try replica.freeze()
        defer { replica.thaw() }
        let client = try ocm.connect()
        try client.call("SET", "k", "v")
        let other = try ocm.connect()
        try other.sendCommand("SHUTDOWN", "NOSAVE")
        try waitUntil("Redis waits") {
            try admin.call("INFO", "persistence").contains("shutdown_in_milliseconds")
                || admin.call("INFO", "server").contains("shutdown_in_milliseconds")
        }
        #expect(try client.call("GET", "k") == "$1\r\nv\r\n")
        #expect(try client.call("LLEN", "none") == ":0\r\n")
        #expect(try client.call("SHUTDOWN", "ABORT") == "+OK\r\n")
        #expect(String(decoding: try other.readReply(), as: UTF8.self).hasPrefix("-ERR Errors trying to SHUTDOWN"))
    }

    @Test("a script that doesn't end can be killed from any database, and so can Redis", arguments: ["2", "3"])
    func busyServer(version: String) throws {
        let redis = try RedisServer(["--lua-time-limit", "50"])
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        try client.call("HELLO", version)
        try client.call("SELECT", "8")
        let looping = try ocm.connect()
        func loop() throws {
            try looping.sendCommand("EVAL", "while true do end", "0")
            try waitUntil("Redis is busy") { try redis.connect().call("PING").hasPrefix("-BUSY") }
        }
        try loop()
        #expect(try client.call("FUNCTION", "KILL") == redis.connect().call("FUNCTION", "KILL"))
        #expect(try client.call("SCRIPT", "KILL") == "+OK\r\n")
        #expect(String(decoding: try looping.readReply(), as: UTF8.self).contains("killed by user"))
        // What is sent behind it is answered by database 8.
        try client.send("SCRIPT KILL\r\nSET k v\r\nGET k\r\n")
        #expect(String(decoding: try client.readReply(), as: UTF8.self).hasPrefix("-NOTBUSY"))
        #expect(try client.readReply() == Array("+OK\r\n".utf8))
        #expect(try client.readReply() == Array("$1\r\nv\r\n".utf8))
        #expect(try redis.connect().call("GET", "k").hasPrefix("$-1"))
        #expect(try client.call("INFO", "ocm").contains("ocm_pinned_sessions:0\r\n"))
        try loop()
        try client.sendCommand("SHUTDOWN", "NOSAVE")
        try waitUntil("Redis has ended") { (try? redis.connect()) == nil }
    }

    @Test("reads need no connection of their own while only writes are held", arguments: ["--cache", "--no-cache"])
    func readsGoOn(mode: String) throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, [mode])
        let (client, writer, reader) = try (ocm.connect(), ocm.connect(), ocm.connect())
        try client.call("SET", "k", "v")
        #expect(try client.call("CLIENT", "PAUSE", "60000", "WRITE") == "+OK\r\n")
        try writer.sendCommand("SET", "k", "w")
        try waitUntil("it is held") { try redis.connect().call("INFO", "clients").contains("blocked_clients:1\r\n") }
        #expect(try reader.call("GET", "k") == "$1\r\nv\r\n")
        #expect(try reader.call("TTL", "k") == ":-1\r\n")
        #expect(try reader.call("PING") == "+PONG\r\n")
        #expect(try client.call("INFO", "ocm").contains("ocm_pinned_sessions:1\r\n"))
        try reader.sendCommand("PFCOUNT", "hll")
        #expect(try reader.isSilent(for: 0.1))
        #expect(try client.call("TTL", "k") == ":-1\r\n")
        #expect(try client.call("CLIENT", "UNPAUSE") == "+OK\r\n")
        #expect(String(decoding: try writer.readReply(), as: UTF8.self) == "+OK\r\n")
        #expect(try reader.readReply() == Array(":0\r\n".utf8))
        if mode == "--cache" { try reader.waitUntilKept("GET k") }
        #expect(try client.call("CLIENT", "PAUSE", "1000") == "+OK\r\n")
        try reader.sendCommand("GET", "k")
        #expect(try reader.isSilent(for: 0.2))
        #expect(try reader.readReply() == Array("$1\r\nw\r\n".utf8))
    }

    @Test("a CLIENT PAUSE may last longer than Redis may take otherwise, also to greet")
    func longPause() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, ["--upstream-timeout", "1s"])
        let (client, queuing) = try (ocm.connect(), ocm.connect())
        for line in ["MULTI", "INCR n"] { try queuing.call(line: line) }
        #expect(try client.call("CLIENT", "PAUSE", "6500") == "+OK\r\n")
        let commands = [
            "SET k v": "+OK\r\n", "GET none": "$-1\r\n", "EVAL return(1) 0": ":1\r\n", "SELECT 3": "+OK\r\n",
            "BLPOP q 1": "*-1\r\n",
        ]
        let waiting = try commands.map { line, reply in
            let client = try ocm.connect()
            try client.send(line + "\r\n")
            return (client, reply)
        }
        try queuing.send("EXEC\r\n")
        for (client, reply) in waiting + [(queuing, "*1\r\n:1\r\n")] {
            #expect(String(decoding: try client.readReply(), as: UTF8.self) == reply)
        }
    }

    @Test("that Redis hangs is noticed while it holds only writes")
    func hangsInPause() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, ["--upstream-timeout", "1s"])
        let client = try ocm.connect()
        #expect(try client.call("CLIENT", "PAUSE", "300000", "WRITE") == "+OK\r\n")
        #expect(try client.call("GET", "k") == "$-1\r\n")
        try redis.freeze()
        defer { redis.thaw() }
        #expect(try client.call("GET", "k").contains("ocm"))
    }

    @Test("that somebody else has ended a CLIENT PAUSE is noticed")
    func endedByOthers() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        try client.call("SET", "k", "v")
        #expect(try client.call("CLIENT", "PAUSE", "60000", "WRITE") == "+OK\r\n")
        try client.sendCommand("SET", "k", "w")
        #expect(try client.isSilent(for: 0.1))
        #expect(try redis.connect().call("CLIENT", "UNPAUSE") == "+OK\r\n")
        #expect(try client.readReply() == Array("+OK\r\n".utf8))
        try client.waitUntilKept("GET k")
        let pinned = try pinnedCommands(ocm)
        for _ in 0..<10 { try client.call("SET", "k", "x") }
        #expect(try pinnedCommands(ocm) == pinned)
    }

    private func pinnedCommands(_ ocm: OCMServer) throws -> String {
        let info = try ocm.connect().call("INFO", "ocm")
        return String(info.split(separator: "\r\n").first { $0.hasPrefix("ocm_commands_pinned:") } ?? "")
    }

    @Test("a shorter CLIENT PAUSE doesn't end a longer one")
    func pause() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let (client, writer, reader) = try (ocm.connect(), ocm.connect(), ocm.connect())
        #expect(try client.call("CLIENT", "PAUSE", "60000", "WRITE") == "+OK\r\n")
        #expect(try client.call("CLIENT", "PAUSE", "1", "WRITE") == "+OK\r\n")
        usleep(10_000)
        try writer.sendCommand("SET", "k", "v")
        try waitUntil("it is held") { try redis.connect().call("INFO", "clients").contains("blocked_clients:1\r\n") }
        #expect(try reader.call("GET", "k") == "$-1\r\n")
        #expect(try client.call("CLIENT", "UNPAUSE") == "+OK\r\n")
        #expect(String(decoding: try writer.readReply(), as: UTF8.self) == "+OK\r\n")
    }
}
