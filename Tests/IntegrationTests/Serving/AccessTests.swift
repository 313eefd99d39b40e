import Foundation
import TestSupport
import Testing

@Suite("Who is served")
struct AccessTests {
    @Test(
        "with a password, strangers are told what Redis tells them, byte for byte",
        arguments: [
            "GET k\r\n", "PING\r\n", "QUIT\r\n", "RESET\r\n", "HELLO\r\n", "HELLO 3\r\n", "HELLO 3 SETNAME x\r\n",
            "AUTH\r\n", "AUTH wrong\r\n", "AUTH default wrong\r\n", "AUTH nobody secret\r\n", "AUTH a b c\r\n",
            "AUTH secret\r\nGET k\r\n", "AUTH default secret\r\nGET k\r\n", "AUTH secret\r\nAUTH wrong\r\nGET k\r\n",
            "HELLO 3 AUTH default wrong\r\nGET k\r\n", "HELLO 2 AUTH nobody secret\r\nGET k\r\n",
            "HELLO 4 AUTH default secret\r\nGET k\r\n", "AUTH secret\r\nRESET\r\nGET k\r\n", "MULTI\r\nEXEC\r\n",
            "HELLO 3 SETNAME auth\r\nGET k\r\n", "HELLO 3 SETNAME auth AUTH default wrong\r\nGET k\r\n",
            "HELLO 3 AUTH default\r\nGET k\r\n",
            "HELLO x AUTH default secret\r\nGET k\r\n",
            "HELLO auth\r\nGET k\r\n", "SUBSCRIBE x\r\n", "SELECT 1\r\n", "CLIENT SETNAME x\r\n", "COMMAND COUNT\r\n",
            "*11\r\n", "*1\r\n$16385\r\n", "AUTH secret\r\n*11\r\n$3\r\nDEL\r\n",
        ],
        [true, false]
    )
    func strangers(input: String, isForwarding: Bool) throws {
        let redis = try RedisServer(["--requirepass", "secret"])
        let upstream = isForwarding ? "redis://:secret@127.0.0.1:\(redis.port)" : nil
        let ocm = try OCMServer(upstream: upstream, ["--requirepass", "secret"])
        let replies = try [redis.connect(), ocm.connect()].map { client in
            try client.send(input)
            client.finishSending()
            return String(decoding: try client.readToEnd(), as: UTF8.self)
        }
        #expect(replies[0] == replies[1])
    }

    @Test("strangers can't find out which modules there are")
    func unknownCommand() throws {
        let ocm = try OCMServer(upstream: nil, ["--requirepass", "secret"])
        #expect(try ocm.connect().call("NOSUCH") == "-NOAUTH Authentication required.\r\n")
    }

    @Test("a password of ours needs none of Redis's")
    func passwordOfOurs() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, ["--requirepass", "ours"])
        let client = try ocm.connect()
        #expect(try client.call("GET", "k") == "-NOAUTH Authentication required.\r\n")
        #expect(try client.call("AUTH", "ours") == "+OK\r\n")
        #expect(try client.call("SET", "k", "v") == "+OK\r\n")
        #expect(try client.call("HELLO", "3", "AUTH", "default", "ours").contains("server"))
        #expect(try client.call("MULTI") == "+OK\r\n")
    }

    @Test("a HELLO with a mistake behind its AUTH is refused")
    func mistakeBehindAuth() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, ["--requirepass", "ours"])
        let client = try ocm.connect()
        let error = "-ERR Syntax error in HELLO option 'BAD'\r\n"
        #expect(try client.call("HELLO", "3", "AUTH", "default", "ours", "BAD") == error)
        try client.call("AUTH", "ours")
        #expect(try client.call("HELLO", "3", "AUTH", "default", "ours", "BAD") == error)
        #expect(try client.call("GET", "k") == "$-1\r\n", "it is RESP2 yet")
    }

    @Test("a name that one client gave itself is no other's, though the connection is the same")
    func names() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, ["--threads", "1"])
        let bob = try ocm.connect()
        try bob.call("CLIENT", "SETNAME", "bob")
        try bob.call("WATCH", "k")
        try bob.call("UNWATCH")
        let nobody = try ocm.connect()
        #expect(try nobody.call("HELLO", "3", "BAD").hasPrefix("-ERR Syntax error"))
        #expect(try nobody.call("CLIENT", "GETNAME") == "$-1\r\n")
    }

    @Test("a client may have the name of an option", arguments: [true, false])
    func nameOfOption(isForwarding: Bool) throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: isForwarding ? redis.url : nil, ["--requirepass", "ours"])
        let client = try ocm.connect()
        let reply = try client.call("HELLO", "2", "SETNAME", "auth", "AUTH", "default", "ours")
        #expect(reply.contains("server"))
        #expect(try client.call("CLIENT", "GETNAME") == "$4\r\nauth\r\n")
    }

    @Test("the default user's password within another's transaction, or behind his WATCH, leaves both as they are")
    func passwordInTransaction() throws {
        let redis = try RedisServer()
        try redis.connect().call("ACL", "SETUSER", "al", "on", ">pw", "~*", "+@all")
        let ocm = try OCMServer(upstream: redis.url, ["--requirepass", "ours"])
        let client = try ocm.connect()
        #expect(try client.call("AUTH", "al", "pw") == "+OK\r\n")
        #expect(try client.call("WATCH", "k") == "+OK\r\n")
        #expect(try client.call("AUTH", "ours").hasPrefix("-ERR ocm can't change the user within a transaction"))
        try redis.connect().call("SET", "k", "other")
        #expect(try client.call("MULTI") == "+OK\r\n")
        #expect(try client.call("AUTH", "ours").hasPrefix("-ERR ocm can't change the user within a transaction"))
        #expect(try client.call("SET", "k", "mine") == "+QUEUED\r\n")
        #expect(try client.call("EXEC") == "*-1\r\n")
        #expect(try client.call("AUTH", "ours") == "+OK\r\n")
        #expect(try client.call("ACL", "WHOAMI") == "$7\r\ndefault\r\n")
    }

    @Test("without a password of ours, clients give Redis's to Redis")
    func passwordOfRedis() throws {
        let redis = try RedisServer(["--requirepass", "secret"])
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        #expect(try client.call("GET", "k") == "-NOAUTH Authentication required.\r\n")
        #expect(try client.call("AUTH", "wrong").hasPrefix("-WRONGPASS"))
        #expect(try client.call("AUTH", "secret") == "+OK\r\n")
        #expect(try client.call("SET", "k", "v") == "+OK\r\n")
        #expect(try ocm.connect().call("GET", "k") == "-NOAUTH Authentication required.\r\n")
    }

    @Test(
        "a password of Redis's that is missing is asked for in the log, once, and where it belongs",
        arguments: [0, 1]
    )
    func missingPassword(endpoint: Int) throws {
        let redis = try RedisServer(["--requirepass", "secret"])
        let (url, example) =
            endpoint == 0
            ? (redis.url, "redis://:PASSWORD@127.0.0.1:\(redis.port)")
            : ("unix://\(redis.socketPath)", "unix://:PASSWORD@\(redis.socketPath)")
        let ocm = try OCMServer(upstream: url)
        let client = try ocm.connect()
        #expect(try client.call("AUTH", "secret") == "+OK\r\n")
        #expect(try client.call("SET", "k", "v") == "+OK\r\n")
        try waitUntil("it is said that nothing is cached") { ocm.log.contains("nothing is cached until") }
        let lines = ocm.log.split(separator: "\n").filter { $0.contains(" warning ") }
        #expect(lines.count { $0.contains("demands a password, which belongs into --upstream (\(example))") } == 1)
        #expect(lines.last?.hasSuffix("until the invalidation feed is up: Redis demands a password") == true)
        #expect(!ocm.log.contains("NOAUTH"))
        let known = try OCMServer(upstream: "redis://:secret@127.0.0.1:\(redis.port)")
        try known.waitUntilCaching()
        #expect(!known.log.contains("demands a password"))
    }

    @Test("users of the upstream's ACL log in through us, and each has his own rights")
    func users() throws {
        let redis = try RedisServer()
        try redis.connect().call(
            "ACL",
            "SETUSER",
            "reader",
            "on",
            ">secret",
            "~*",
            "+@read",
            "+@connection",
            "+acl|whoami"
        )
        let ocm = try OCMServer(upstream: redis.url)
        let reader = try ocm.connect()
        let admin = try ocm.connect()
        #expect(try reader.call("AUTH", "reader", "secret") == "+OK\r\n")
        #expect(try admin.call("SET", "k", "v") == "+OK\r\n")
        #expect(try reader.call("GET", "k") == "$1\r\nv\r\n")
        #expect(try reader.call("SET", "k", "w").hasPrefix("-NOPERM"))
        #expect(try admin.call("ACL", "WHOAMI") == "$7\r\ndefault\r\n")
        #expect(try reader.call("ACL", "WHOAMI") == "$6\r\nreader\r\n")
    }

    @Test(
        "where fewer files may be open than --maxclients needs, those are turned away whom there is no room for",
        arguments: [(10_000, 50), (20, 20)]
    )
    func openFiles(most: Int, room: Int) throws {
        let directory = try TemporaryDirectory()
        let port = try freePort()
        let process = try TestProcess(
            "/bin/sh",
            ["-c", "ulimit -n 100; exec \"$0\" \"$@\"", OCMServer.binary, "serve", "--redis-port", "\(port)"]
                + ["--port", "\(freePort())", "--maxclients", "\(most)"],
            output: directory.path + "/ocm.log"
        )
        try waitUntil("ocm is ready") { process.output.contains("is ready") }
        let warning = "there is room for 50 clients, not for the 10000 of --maxclients"
        #expect(process.output.contains(warning) == (room < most))
        let clients = try (0..<60).map { _ in try RawConnection(port: port) }
        let replies = clients.map { (try? $0.call("PING")) ?? "" }
        #expect(replies.prefix(room).allSatisfy { $0 == "+PONG\r\n" })
        // Who is turned away may find the connection closed before he has sent his command.
        #expect(replies.dropFirst(room).allSatisfy { $0.isEmpty || $0 == "-ERR max number of clients reached\r\n" })
    }

    @Test("one client more than --maxclients is refused in Redis's words")
    func maxClients() throws {
        let ocm = try OCMServer(upstream: nil, ["--maxclients", "2"])
        var clients = try (0..<2).map { _ in try ocm.connect() }
        for client in clients { #expect(try client.call("PING") == "+PONG\r\n") }
        #expect(try ocm.connect().readToEnd() == Array("-ERR max number of clients reached\r\n".utf8))
        #expect(ocm.log.contains("a client was turned away: as many as --maxclients (2) are connected"))
        clients.removeLast()
        try waitUntil("there is room again") { try ocm.connect().call("PING") == "+PONG\r\n" }
    }

    @Test(
        "without a password, clients from other machines are refused",
        .enabled(if: addressForOthers() != nil, "this machine has only the loopback interface")
    )
    func protectedMode() throws {
        let address = try #require(addressForOthers())
        let ocm = try OCMServer(upstream: nil, ["--host", "0.0.0.0"])
        let refusal = String(decoding: try RawConnection(port: ocm.port, address: address).readToEnd(), as: UTF8.self)
        #expect(refusal.hasPrefix("-DENIED ocm is running in protected mode because protected mode is enabled"))
        #expect(ocm.log.contains("turned away: from another machine (now \(address)), and there is no password"))
        try waitUntil("it says so") { ocm.log.contains("only from this machine, since there is no --requirepass") }
        #expect(try ocm.connect().call("PING") == "+PONG\r\n")
        let open = try OCMServer(upstream: nil, ["--host", "0.0.0.0", "--protected-mode", "no"])
        #expect(try RawConnection(port: open.port, address: address).call("PING") == "+PONG\r\n")
        let warning = "anybody who reaches 0.0.0.0:\(open.port) may read and write: set --requirepass"
        try waitUntil("it warns") { open.log.contains(warning) }
        let locked = try OCMServer(upstream: nil, ["--host", "0.0.0.0", "--requirepass", "secret"])
        #expect(try RawConnection(port: locked.port, address: address).call("AUTH", "secret") == "+OK\r\n")
    }
}
