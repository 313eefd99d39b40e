import TestSupport
import Testing

@Suite("Nothing that a client sends ends or cheats the server", .serialized)
struct HostileInputTests {
    private let redis: RedisServer
    private let ocm: OCMServer

    init() throws {
        redis = try RedisServer()
        ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
    }

    @Test(
        "a count of keys beyond all bounds",
        arguments: [
            "LMPOP 9223372036854775807 k LEFT", "EVAL x 9223372036854775807 k", "ZUNION 9223372036854775807 k",
            "ZUNIONSTORE d 9223372036854775807 k", "SINTERCARD -9223372036854775808 k", "XREAD STREAMS",
            "XREADGROUP GROUP",
            "SORT k BY", "MGET", "BZMPOP 0 9223372036854775806 k MIN",
        ]
    )
    func counts(command: String) throws {
        let client = try ocm.connect()
        #expect(try client.call(line: command).hasPrefix("-"))
        #expect(try ocm.connect().call("PING") == "+PONG\r\n")
    }

    @Test(
        "what comes behind a request that is none, while an answer to what was before it is waited for",
        arguments: ["\"\r\n", "*1\r\n$x\r\n"],
        ["x", "SET k v\r\n"]
    )
    func behindNonsense(nonsense: String, rest: String) throws {
        let client = try ocm.connect()
        try client.send("BLPOP queue 0\r\n" + nonsense)
        try waitUntil("it is read") { try redis.connect().call("CLIENT", "LIST").contains("cmd=blpop") }
        try client.send(rest)
        #expect(try ocm.connect().call("RPUSH", "queue", "job") == ":1\r\n")
        let replies = String(decoding: try client.readToEnd(), as: UTF8.self)
        #expect(replies.hasPrefix("*2\r\n$5\r\nqueue\r\n$3\r\njob\r\n-ERR Protocol error: "))
        #expect(try ocm.connect().call("EXISTS", "k") == ":0\r\n")
    }

    @Test("an HTTP request behind a command that is waited for")
    func http() throws {
        for _ in 0..<20 {
            let client = try ocm.connect()
            try client.send("SELECT 1\r\nPOST / HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try client.readToEnd()
        }
        #expect(try ocm.connect().call("PING") == "+PONG\r\n")
    }

    @Test("an HTTP request's body can't log in", arguments: [true, false])
    func httpBeforePassword(embedded: Bool) throws {
        let ocm = try OCMServer(upstream: embedded ? nil : redis.url, ["--requirepass", "pw"])
        for head in ["POST / HTTP/1.1\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\n"] {
            let page = try ocm.connect()
            try page.send(head + "\r\nAUTH pw\r\nSET owned 1\r\n")
            #expect(!String(decoding: try page.readToEnd(), as: UTF8.self).contains("+OK"))
        }
        let client = try ocm.connect()
        #expect(try client.call("AUTH", "pw") == "+OK\r\n")
        #expect(try client.call("EXISTS", "owned") == ":0\r\n")
    }

    @Test("a large reply is whole although QUIT, or the end of the input, is behind it", arguments: [true, false])
    func largeReplyBeforeTheEnd(quits: Bool) throws {
        let size = 30_000_000
        try redis.connect().call("SETRANGE", "large", "\(size - 1)", "x")
        let client = try ocm.connect()
        try client.send(quits ? "GET large\r\nQUIT\r\n" : "GET large\r\n")
        if !quits { client.finishSending() }
        let expected = size + "$\(size)\r\n\r\n".utf8.count + (quits ? "+OK\r\n".utf8.count : 0)
        #expect(try client.readToEnd().count == expected)
    }

    @Test("what is behind a large reply is done, although the end of the input is behind that")
    func commandsBehindLargeReply() throws {
        for round in 0..<20 {
            let client = try ocm.connect()
            let script = "EVAL \"return string.rep('x', 2000000)\" 0\r\n"
            try client.send(script + "CLIENT GETNAME\r\nSET k \(round)\r\nPING\r\n")
            client.finishSending()
            #expect(try client.readToEnd().suffix(17) == Array("$-1\r\n+OK\r\n+PONG\r\n".utf8).suffix(17))
        }
    }

    @Test("RESET with an argument, in a subscription")
    func resetWithArgument() throws {
        let client = try ocm.connect()
        try client.call("SUBSCRIBE", "news")
        #expect(try client.call("RESET", "x").hasPrefix("-ERR wrong number of arguments"))
        #expect(try client.call("PING").contains("pong"))
        #expect(try client.call("RESET") == "+RESET\r\n")
    }

    @Test("a HELLO that fails behind its AUTH makes nobody else another user")
    func partialHello() throws {
        let admin = try redis.connect()
        try admin.call("ACL", "SETUSER", "alice", "on", ">pw", "~*", "+@all")
        for _ in 0..<5 {
            #expect(try ocm.connect().call("HELLO", "3", "AUTH", "alice", "pw", "NONSENSE").hasPrefix("-ERR"))
            let other = try ocm.connect()
            try other.call("MULTI")
            try other.call("ACL", "WHOAMI")
            #expect(try other.call("EXEC") == "*1\r\n$7\r\ndefault\r\n")
        }
    }

    @Test("with --requirepass a client becomes the default user again", arguments: [["AUTH"], ["HELLO", "3", "AUTH"]])
    func defaultUserAgain(command: [String]) throws {
        let admin = try redis.connect()
        try admin.call("ACL", "SETUSER", "bob", "on", ">pw", "~*", "+@all")
        let server = try OCMServer(upstream: redis.url, ["--requirepass", "secret"])
        let client = try server.connect()
        #expect(try client.call("AUTH", "bob", "pw") == "+OK\r\n")
        #expect(try client.call("ACL", "WHOAMI") == "$3\r\nbob\r\n")
        try client.call(command + ["default", "secret"])
        #expect(try client.call("ACL", "WHOAMI") == "$7\r\ndefault\r\n")
    }
}
