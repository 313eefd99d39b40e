import Foundation
import TestSupport
import Testing

/// Clients that begin with commands about their connection have as many hits as others.
@Suite("A client that asks who it is shares what can be shared", .serialized)
struct KnownConnectionTests {
    private let redis: RedisServer
    private let ocm: OCMServer
    private let client: RawConnection
    private let admin: RawConnection

    init() throws {
        redis = try RedisServer()
        ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
        client = try ocm.connect()
        admin = try redis.connect()
    }

    @Test(
        "what Redis refuses leaves nothing behind",
        arguments: [
            "CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type internal-ip", "CLIENT CAPA redirect", "READONLY",
            "CLIENT NO-TOUCH ON", "CLIENT NONSENSE",
        ]
    )
    func refused(words: String) throws {
        #expect(try client.call(line: words) == admin.call(line: words))
        try client.waitUntilKept("GET k")
        #expect(try client.call("CACHE", "EXPLAIN", "GET", "k") == "$3\r\nHIT\r\n")
    }

    @Test("the id that HELLO tells is no connection's, until the client has one of its own", arguments: ["2", "3"])
    func idInHello(version: String) throws {
        func id(in reply: String) -> String? {
            let lines = reply.split(whereSeparator: \.isNewline)
            return lines.firstIndex(of: "id").map { String(lines[$0 + 1].dropFirst()) }
        }
        let told = try #require(id(in: client.call("HELLO", version)))
        #expect(try id(in: ocm.connect().call("HELLO", version)) != told)
        #expect(try !admin.call("CLIENT", "LIST").contains("id=\(told) "))
        let tracker = try ocm.connect()
        let refusal = "-ERR The client ID you want redirect to does not exist\r\n"
        #expect(try tracker.call("CLIENT", "TRACKING", "ON", "REDIRECT", told) == refusal)
        let own = try client.call("CLIENT", "ID").dropFirst().prefix { !$0.isNewline }
        #expect(try id(in: client.call("HELLO", version)) == String(own))
    }

    @Test("Redis's hints at other servers are for us: clients stay", arguments: ["2", "3"])
    func maintenance(version: String) throws {
        try client.call("HELLO", version)
        #expect(
            try client.call("CLIENT", "MAINT_NOTIFICATIONS", "ON")
                == "-ERR unknown subcommand 'MAINT_NOTIFICATIONS'. Try CLIENT HELP.\r\n"
        )
    }

    @Test("what Redis grants is the client's for as long as it stays")
    func granted() throws {
        #expect(try client.call("CLIENT", "NO-EVICT", "ON") == "+OK\r\n")
        #expect(try client.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS pinned"))
    }

    @Test("a client that knows its id has hits, and its id is good for whatever one is", arguments: ["ID", "INFO"])
    func id(subcommand: String) throws {
        let reply = try client.call("CLIENT", subcommand)
        let start = try #require(reply.firstRange(of: subcommand == "ID" ? ":" : "id="))
        let number = String(reply[start.upperBound...].prefix { $0.isNumber })
        try client.waitUntilKept("GET k")
        #expect(try client.call("CACHE", "EXPLAIN", "GET", "k") == "$3\r\nHIT\r\n")
        #expect(try client.call("CLIENT", "ID") == ":\(number)\r\n")
        #expect(try client.call("CLIENT", "SETNAME", "me") == "+OK\r\n")
        #expect(try client.call("SELECT", "3") == "+OK\r\n")
        try waitUntil("Redis knows its name") {
            try admin.call("CLIENT", "LIST", "ID", number).contains("name=me ")
        }
        try client.sendCommand("BLPOP", "l", "0")
        try waitUntil("it is blocked") { try admin.call("INFO", "clients").contains("blocked_clients:1\r\n") }
        #expect(try admin.call("CLIENT", "UNBLOCK", number) == ":1\r\n")
        #expect(try client.readReply() == Array("*-1\r\n".utf8))
        #expect(try client.call("MULTI") == "+OK\r\n")
        #expect(try client.call("CLIENT", "ID") == "+QUEUED\r\n")
        #expect(try client.call("EXEC") == "*1\r\n:\(number)\r\n")
        #expect(try client.call("SELECT", "0") == "+OK\r\n")
        #expect(try client.call("CACHE", "EXPLAIN", "GET", "k") == "$3\r\nHIT\r\n")
        #expect(try admin.call("CLIENT", "KILL", "ID", number) == ":1\r\n")
        #expect(try client.readToEnd().isEmpty)
    }

    @Test("a handshake that is sent at once is as good as step by step")
    func pipelined() throws {
        try client.send("CLIENT ID\r\nCLIENT SETNAME me\r\nCLIENT GETNAME\r\nCLIENT SETINFO lib-name x\r\nGET k\r\n")
        let id = String(decoding: try client.readReply(), as: UTF8.self).filter(\.isNumber)
        #expect(try client.readReply() == Array("+OK\r\n".utf8))
        #expect(try client.readReply() == Array("$2\r\nme\r\n".utf8))
        #expect(try client.readReply() == Array("+OK\r\n".utf8))
        _ = try client.readReply()
        try client.waitUntilKept("GET k")
        #expect(try client.call("CACHE", "EXPLAIN", "GET", "k") == "$3\r\nHIT\r\n")
        for name in 0..<1000 { try client.sendCommand("CLIENT", "SETNAME", "name\(name)") }
        for _ in 0..<1000 { #expect(try client.readReply() == Array("+OK\r\n".utf8)) }
        try waitUntil("Redis knows the last name") {
            try admin.call("CLIENT", "LIST", "ID", id).contains("name=name999 ")
        }
    }

    @Test("a name that a transaction gives is the client's, and the last of many is")
    func names() throws {
        for words in ["MULTI", "CLIENT SETNAME foo", "EXEC"] { #expect(try !client.call(line: words).hasPrefix("-")) }
        #expect(try client.call("CLIENT", "GETNAME") == "$3\r\nfoo\r\n")
        for words in ["MULTI", "HELLO 2 SETNAME bar", "EXEC"] { #expect(try !client.call(line: words).hasPrefix("-")) }
        #expect(try client.call("CLIENT", "GETNAME") == "$3\r\nbar\r\n")
        #expect(try client.call("CLIENT", "NO-EVICT", "ON") == "+OK\r\n")
        try client.send("CLIENT SETNAME a\r\nCLIENT SETNAME b\r\nCLIENT INFO\r\n")
        for _ in 0..<2 { #expect(try client.readReply() == Array("+OK\r\n".utf8)) }
        #expect(String(decoding: try client.readReply(), as: UTF8.self).contains(" name=b "))
    }

    @Test("a wrong password right behind a new name is refused (from Redis 7.2 on, one of two at once has no answer)")
    func wrongPasswordBehindName() throws {
        #expect(try client.call("CLIENT", "ID").hasPrefix(":"))
        for _ in 0..<3 {
            try admin.call("CLIENT", "PAUSE", "200")
            #expect(try client.call("CLIENT", "SETNAME", "me") == "+OK\r\n")
            #expect(try client.call("AUTH", "al", "wrong").hasPrefix("-WRONGPASS "))
            #expect(try client.call("CLIENT", "SETNAME", "you") == "+OK\r\n")
        }
    }

    @Test("clients that name themselves and select a database share a connection for that")
    func namedAndSelected() throws {
        func visit() throws {
            let visitor = try ocm.connect()
            for line in ["CLIENT SETNAME me", "SELECT 2", "SET k v"] {
                #expect(try visitor.call(line: line) == "+OK\r\n")
            }
        }
        try visit()
        let before = try connectionsReceived()
        for _ in 0..<20 { try visit() }
        #expect(try connectionsReceived() == before)
    }

    @Test(
        "what a transaction makes of the protocol is known afterwards",
        arguments: [
            ("HELLO 3", "_\r\n"), ("HELLO 3 SETNAME me", "$2\r\nme\r\n"), ("HELLO 4", "$-1\r\n"),
            ("HELLO 3 BADOPT", "$-1\r\n"), ("HELLO 3 AUTH al wrong SETNAME me", "$-1\r\n"),
        ]
    )
    func protocolAtExec(hello: String, name: String) throws {
        for line in ["MULTI", "SET k v", hello, "GET k", "EXEC"] { try client.call(line: line) }
        #expect(try client.call("CLIENT", "GETNAME") == name)
    }

    @Test("after a transaction of which a part failed Redis says what it has made of the connection")
    func flawedTransaction() throws {
        for line in ["SET k v", "MULTI", "HELLO 3 SETNAME me", "INCR k", "EXEC"] { try client.call(line: line) }
        #expect(try client.call("CLIENT", "GETNAME") == "$2\r\nme\r\n")
        #expect(try client.call("CLIENT", "SETNAME", "") == "+OK\r\n")
        #expect(try client.call("CLIENT", "GETNAME") == "_\r\n")
    }

    @Test("who may not name himself bears nobody else's name")
    func namesakes() throws {
        try admin.call(line: "ACL SETUSER nameless on >n ~* +@all -client|setname")
        for _ in 0..<3 {
            let named = try ocm.connect()
            #expect(try named.call(line: "HELLO 2 AUTH nameless n SETNAME his").hasPrefix("*"))
            #expect(try named.call("QUIT") == "+OK\r\n")
            let nameless = try ocm.connect()
            #expect(try nameless.call("AUTH", "nameless", "n") == "+OK\r\n")
            for line in ["MULTI", "CLIENT GETNAME"] { try nameless.call(line: line) }
            #expect(try nameless.call("EXEC") == "*1\r\n$-1\r\n")
        }
    }

    @Test("who has a name and may not tell Redis shares pooled connections all the same")
    func namedInVain() throws {
        try admin.call(line: "ACL SETUSER nameless on >n ~* +@all -client|setname")
        try client.call("AUTH", "nameless", "n")
        try client.call("CLIENT", "SETNAME", "me")
        try client.call("EVAL", "return 1", "0")
        let before = try connectionsReceived()
        for _ in 0..<20 { #expect(try client.call("EVAL", "return 1", "0") == ":1\r\n") }
        #expect(try client.call("CLIENT", "GETNAME") == "$2\r\nme\r\n")
        #expect(try connectionsReceived() == before)
    }

    private func connectionsReceived() throws -> String {
        let info = try admin.call("INFO", "stats")
        return String(info.split(separator: "\r\n").first { $0.hasPrefix("total_connections_received:") } ?? "")
    }

    @Test("clients that leave with a name on its way leave nothing else")
    func goneWhileRenaming() throws {
        let name = [UInt8](repeating: UInt8(ascii: "n"), count: 2_000_000)
        for _ in 0..<100 {
            let client = try ocm.connect()
            #expect(try client.call("CLIENT", "ID").hasPrefix(":"))
            try client.send(RawConnection.frame([Array("CLIENT".utf8), Array("SETNAME".utf8), name]))
        }
        #expect(ocm.process.residentMemory < 200 << 20)
    }

    @Test("a slow reader's connection reads on when it is needed again")
    func slowReader() throws {
        #expect(try client.call("CLIENT", "ID").hasPrefix(":"))
        for _ in 0..<20 {
            try client.sendCommand("EVAL", "return string.rep('x', 5000000)", "0")
            usleep(20_000)
            #expect(try client.readReply().count == 5_000_012)
            #expect(try client.call("GET", "k") == "$-1\r\n")
            #expect(try client.call("CLIENT", "ID").hasPrefix(":"))
        }
    }

    @Test("Redis's time-out for idle clients doesn't end one that only reads from the cache")
    func timeout() throws {
        try admin.call("CONFIG", "SET", "timeout", "12")
        #expect(try client.call("CLIENT", "ID").hasPrefix(":"))
        let start = Date()
        while Date().timeIntervalSince(start) < 16 {
            #expect(try client.call("GET", "k") == "$-1\r\n")
            usleep(100_000)
        }
    }

    @Test("nobody else gets the connection, whoever knows its id")
    func afterwards() throws {
        let id = try client.call("CLIENT", "ID")
        #expect(try client.call("RESET") == "+RESET\r\n")
        let next = try ocm.connect()
        #expect(try next.call("CLIENT", "ID") != id)
        #expect(try client.call("CLIENT", "ID") != id)
        try waitUntil("its connection is closed") {
            try admin.call("CLIENT", "LIST", "ID", id.filter(\.isNumber)) == "$0\r\n\r\n"
        }
    }

    @Test("with a tunnel, too, the id is the one that it knows")
    func tunnel() throws {
        let id = try client.call("CLIENT", "ID")
        try client.call("GET", "k")
        try client.call("SUBSCRIBE", "c")
        #expect(try admin.call("CLIENT", "LIST", "ID", id.filter(\.isNumber)).contains("sub=1 "))
    }

    @Test(
        "who has unsubscribed from everything shares what can be shared",
        arguments: [
            ("SUBSCRIBE a b|UNSUBSCRIBE", 4), ("SUBSCRIBE a|UNSUBSCRIBE a", 2), ("PSUBSCRIBE a*|PUNSUBSCRIBE", 2),
            ("SUBSCRIBE a|PSUBSCRIBE a*|UNSUBSCRIBE|PUNSUBSCRIBE", 4),
            ("UNSUBSCRIBE", 1), ("SUBSCRIBE", 1),
        ],
        [2, 3]
    )
    func unsubscribed(commands: (lines: String, replies: Int), version: Int) throws {
        try client.call("HELLO", "\(version)")
        try admin.call("SET", "k", "v")
        try client.send(commands.lines.replacing("|", with: "\r\n") + "\r\nGET k\r\n")
        for _ in 0..<commands.replies { _ = try client.readReply() }
        #expect(try client.readReply() == Array("$1\r\nv\r\n".utf8))
        try client.waitUntilKept("GET k")
    }

    @Test("so does he without a cache")
    func unsubscribedWithoutCache() throws {
        let ocm = try OCMServer(upstream: redis.url, ["--no-cache"])
        let client = try ocm.connect()
        for line in ["SUBSCRIBE c", "UNSUBSCRIBE c", "GET k"] { try client.call(line: line) }
        #expect(try client.call("INFO", "ocm").contains("ocm_tunnels:0\r\n"))
    }

    @Test("every reply comes behind the end of a subscription that never was", arguments: ["", "S", "P"], [2, 3])
    func neverSubscribed(kind: String, version: Int) throws {
        try client.call("HELLO", "\(version)")
        for (key, value) in [("k1", "one"), ("k2", "two")] { try admin.call("SET", key, value) }
        for _ in 0..<3 {
            try client.send("\(kind)UNSUBSCRIBE a\r\nGET k1\r\n\(kind)UNSUBSCRIBE a b\r\nGET k2\r\nGET k1\r\n")
            let replies = try (0..<6).map { _ in String(decoding: try client.readReply(), as: UTF8.self) }
            let values = replies.filter { $0.hasPrefix("$") }
            #expect(values == ["$3\r\none\r\n", "$3\r\ntwo\r\n", "$3\r\none\r\n"])
        }
    }

    @Test("who subscribes and unsubscribes all the time keeps one connection for that")
    func cycles() throws {
        for _ in 0..<5 { for line in ["SUBSCRIBE c", "UNSUBSCRIBE c"] { try client.call(line: line) } }
        let info = try admin.call("INFO", "stats")
        for _ in 0..<20 { for line in ["SUBSCRIBE c", "UNSUBSCRIBE c"] { try client.call(line: line) } }
        func received(_ info: String) -> String? {
            info.split(separator: "\r\n").first { $0.hasPrefix("total_connections_received:") }.map(String.init)
        }
        #expect(try received(admin.call("INFO", "stats")) == received(info))
    }

    @Test(
        "a subscription that is left, or a database that was selected meanwhile, stays",
        arguments: ["SUBSCRIBE a|PSUBSCRIBE a*|UNSUBSCRIBE", "SUBSCRIBE a|SELECT 3|UNSUBSCRIBE"]
    )
    func stillSubscribed(lines: String) throws {
        try client.call("HELLO", "3")
        try client.send(lines.replacing("|", with: "\r\n") + "\r\nSET k v\r\nPUBLISH abc 1\r\n")
        let frames = try (0..<5).map { _ in String(decoding: try client.readReply(), as: UTF8.self) }
        #expect(frames[3] == "+OK\r\n")
        if lines.contains("SELECT") {
            #expect(try admin.call("SELECT", "3") == "+OK\r\n")
        } else {
            #expect(frames[4].contains("pmessage"))
        }
        #expect(try admin.call("GET", "k") == "$1\r\nv\r\n")
    }

    @Test("a debugger that Redis refuses leaves nothing behind", arguments: ["SCRIPT DEBUG YES", "FUNCTION DEBUG YES"])
    func refusedDebugger(words: String) throws {
        try admin.call(line: "ACL SETUSER al on >a ~* +@all -script")
        try client.call("AUTH", "al", "a")
        #expect(try client.call(line: words).hasPrefix("-"))
        try client.waitUntilKept("GET k")
    }

    @Test("the debugger of scripts works as if there was nobody in between", arguments: ["YES", "SYNC"])
    func debugger(mode: String) throws {
        #expect(try client.call("CLIENT", "SETNAME", "me") == "+OK\r\n")
        for server in [client, admin] {
            #expect(try server.call("SCRIPT", "DEBUG", mode) == "+OK\r\n")
            #expect(try server.call("EVAL", "return {KEYS[1], 2}", "1", "k").contains("Stopped at 1"))
            #expect(try server.call("p").hasPrefix("*"))
            #expect(try server.call("c") == "*1\r\n+<endsession>\r\n")
            #expect(try server.readReply() == Array("*2\r\n$1\r\nk\r\n:2\r\n".utf8))
        }
    }
}
