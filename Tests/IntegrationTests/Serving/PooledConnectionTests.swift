import Foundation
import TestSupport
import Testing

@Suite("What one client leaves on a connection, no other meets", .serialized)
struct PooledConnectionTests {
    private static let users = "--user bo on >old ~b* &* +@all --user lim on >l ~k* &* +@all -set"
        .components(separatedBy: " ")

    @Test("a HELLO that is refused makes nobody what somebody else was", arguments: ["--cache", "--no-cache"])
    func refusedHello(mode: String) throws {
        let redis = try RedisServer(Self.users)
        let ocm = try OCMServer(upstream: redis.url, [mode])
        do {
            let first = try ocm.connect()
            for words in [["HELLO", "3"], ["HELLO", "3", "AUTH", "bo", "old"]] {
                #expect(try first.call(words).hasPrefix("%"))
                #expect(try first.call("GET", "b") == "_\r\n")
            }
        }
        try waitUntil("it has left") { try ocm.connect().call("INFO", "ocm").contains("ocm_connected_clients:1\r\n") }
        let client = try ocm.connect()
        #expect(try client.call("HELLO", "3", "SETNAME", "a b").hasPrefix("-ERR Client names"))
        #expect(try client.call("HELLO", "3", "NONSENSE").hasPrefix("-ERR Syntax error"))
        #expect(try client.call("GET", "none") == "$-1\r\n")
        #expect(try client.call("HGETALL", "none") == "*0\r\n")
        #expect(try redis.connect().call("ACL", "SETUSER", "bo", "resetpass", ">new") == "+OK\r\n")
        #expect(try client.call("HELLO", "3", "AUTH", "bo", "old").hasPrefix("-WRONGPASS"))
        #expect(try client.call("ACL", "WHOAMI") == "$7\r\ndefault\r\n")
        #expect(try client.call("SET", "k", "v") == "+OK\r\n")
        #expect(try client.call("HELLO", "3", "AUTH", "bo", "new").hasPrefix("%"))
        #expect(try client.call("ACL", "WHOAMI") == "$2\r\nbo\r\n")
    }

    @Test("an option with a zero byte behind it is one, as in Redis")
    func zeroBytes() throws {
        let redis = try RedisServer(Self.users)
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        let other = try ocm.connect()
        #expect(try client.call("HELLO", "3", "AUTH\0", "bo", "old").hasPrefix("%"))
        #expect(try client.call("ACL", "WHOAMI") == "$2\r\nbo\r\n")
        #expect(try other.call("HELLO", "3").hasPrefix("%"))
        try other.call("MULTI")
        try other.call("ACL", "WHOAMI")
        #expect(try other.call("EXEC") == "*1\r\n$7\r\ndefault\r\n")
        // Nobody else waits for who waits.
        try client.sendCommand("XREAD", "BLOCK\0", "0", "STREAMS", "b", "$")
        try waitUntil("it is blocked") { try redis.connect().call("INFO", "clients").contains("blocked_clients:1\r\n") }
        #expect(try other.call("INCR", "n") == ":1\r\n")
        // A command's name is looked up with all its bytes.
        #expect(try other.call("GET\0", "n") == redis.connect().call("GET\0", "n"))
    }

    @Test("a blocked command takes nothing for a client that has gone, whatever it has sent behind it")
    func goneWhileBlocked() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let admin = try redis.connect()
        for behind in ["SELECT 1", "RESET", "INFO", "SUBSCRIBE c", "HELLO 3", "CLIENT TRACKING ON"] {
            do {
                let client = try ocm.connect()
                try client.send("BLPOP l 0\r\n\(behind)\r\n")
                try waitUntil("it is blocked") { try admin.call("INFO", "clients").contains("blocked_clients:1\r\n") }
            }
            try waitUntil("Redis knows that it has gone, \(behind)") {
                try admin.call("INFO", "clients").contains("blocked_clients:0\r\n")
            }
            #expect(try admin.call("RPUSH", "l", "item") == ":1\r\n")
            try admin.call("DEL", "l")
        }
    }

    @Test("who ends his input gets every answer, blocking commands that needn't wait included")
    func endedInput() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        for port in [redis.port, ocm.port] {
            try redis.connect().call("RPUSH", "l", "a", "b")
            let client = try RawConnection(port: port)
            try client.send("BLPOP l 0\r\nSELECT 0\r\nBLPOP l 0\r\nPING\r\n")
            client.finishSending()
            let popped = ["a", "b"].map { "*2\r\n$1\r\nl\r\n$1\r\n\($0)\r\n" }
            #expect(
                String(decoding: try client.readToEnd(), as: UTF8.self) == "\(popped[0])+OK\r\n\(popped[1])+PONG\r\n"
            )
        }
    }

    @Test("who debugs scripts does so alone")
    func scriptDebug() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        do {
            let client = try ocm.connect()
            for words in [["WATCH", "k"], ["SCRIPT", "DEBUG", "YES"], ["UNWATCH"]] {
                #expect(try client.call(words) == "+OK\r\n")
            }
        }
        for _ in 0..<3 { #expect(try ocm.connect().call("EVAL", "return 42", "0") == ":42\r\n") }
        let client = try ocm.connect()
        #expect(try client.call("SCRIPT", "DEBUG", "YES") == "+OK\r\n")
        #expect(try client.call("EVAL", "return 1", "0").contains("Stopped at 1"))
    }

    @Test(
        "a command under another name is dealt with as what it is",
        arguments: ["SELECT", "MULTI", "SUBSCRIBE", "MONITOR"]
    )
    func renamed(name: String) throws {
        let redis = try RedisServer(["--rename-command", name, "other-name"])
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        let other = try ocm.connect()
        try other.call("SET", "k", "v")
        try client.send("other-name\(["SELECT": " 1", "SUBSCRIBE": " c"][name] ?? "")\r\n")
        #expect(try !client.readReply().starts(with: "-".utf8))
        #expect(try other.call("GET", "k") == "$1\r\nv\r\n")
        #expect(try other.call("INCR", "n") == ":1\r\n")
        #expect(try other.call("PING") == "+PONG\r\n")
        // On connections of ours the database is chosen by its own name: an error, and no other database's value.
        if name == "SELECT" { #expect(try client.call("GET", "k").hasPrefix("-ERR unknown command 'SELECT'")) }
    }

    @Test("a read under another name isn't kept, and EXPLAIN says so")
    func renamedRead() throws {
        let redis = try RedisServer(["--rename-command", "STRLEN", "other-name"])
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        try client.waitUntilKept("GET k")
        #expect(try client.call("other-name", "k") == ":0\r\n")
        #expect(try client.call("CACHE", "EXPLAIN", "other-name", "k").contains("BYPASS not_cacheable"))
    }

    @Test("what Redis doesn't answer, nobody waits for")
    func unanswered() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        try client.send("REPLCONF ACK 1\r\nPING\r\nGET k\r\nQUIT\r\n")
        #expect(String(decoding: try client.readToEnd(), as: UTF8.self) == "+PONG\r\n$-1\r\n+OK\r\n")
    }

    @Test("a client that is one user after the other leaves a bounded number of connections")
    func manyIdentities() throws {
        let redis = try RedisServer(["--databases", "300"])
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        for db in 0..<300 {
            #expect(try client.call("SELECT", "\(db)") == "+OK\r\n")
            #expect(try client.call("GET", "k") == "$-1\r\n")
        }
        // As many are kept at hand to be shared, and to be had alone.
        try waitUntil("the rest is closed") {
            let info = try redis.connect().call("INFO", "clients")
            let count = info.split(separator: "connected_clients:").last?.prefix { $0.isNumber }
            return count.flatMap { Int($0) } ?? .max < 140
        }
        #expect(try client.call("SET", "k", "v") == "+OK\r\n")
    }

    @Test("a password too long to be remembered is a wrong one")
    func longPassword() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        #expect(try client.call("AUTH", "default", String(repeating: "p", count: 8192)) == "+OK\r\n")
        #expect(try client.call("AUTH", "default", String(repeating: "p", count: 65536)).hasPrefix("-WRONGPASS "))
        #expect(try client.call("PING") == "+PONG\r\n")
    }
}
