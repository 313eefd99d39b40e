import Foundation
import TestSupport
import Testing

@Suite("When Redis fails", .serialized)
struct UpstreamFaultTests {
    @Test("absent at the start: errors at once, and service as soon as it is there", arguments: [false, true])
    func absentAtStart(unix: Bool) throws {
        let redis = try RedisServer(started: false)
        let ocm = try OCMServer(upstream: unix ? redis.unixURL : redis.url)
        let client = try ocm.connect()
        let error = try client.call("SET", "k", "v")
        let server = unix ? redis.socketPath : "127.0.0.1:\(redis.port)"
        #expect(error.hasPrefix("-LOADING ocm cannot reach Redis at \(server): "))
        #expect(error.hasSuffix("; the command was not sent\r\n"))
        #expect(try client.call("BLPOP", "k", "0").hasPrefix("-LOADING ocm cannot reach Redis"))
        #expect(try client.call("INFO", "ocm").contains("ocm_upstream_status:down\r\n"))
        try redis.start()
        try waitUntil("ocm has found Redis") { try client.call("SET", "k", "v") == "+OK\r\n" }
        #expect(try client.call("INFO", "ocm").contains("ocm_upstream_status:up\r\n"))
    }

    @Test("absent when a transaction begins: nothing of it is executed")
    func transactionWhileAbsent() throws {
        let redis = try RedisServer(started: false)
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        try client.send("MULTI\r\nSET k v\r\nEXEC\r\nPING\r\n")
        let error = try client.readReply()
        #expect(error.starts(with: "-LOADING ocm cannot reach Redis".utf8))
        #expect(try client.readToEnd().isEmpty, "a client that went on would think that it is in a transaction")
    }

    @Test(
        "killed under load and started again: no hang, no wrong reply, no command executed twice",
        arguments: [(1, false), (2, false), (1, true)]
    )
    func killedUnderLoad(threads: Int, unix: Bool) throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: unix ? redis.unixURL : redis.url, ["--threads", "\(threads)"])
        let clients = (0..<8).map { LoadClient(name: "client\($0)", port: ocm.port) }
        for _ in 0..<4 {
            try LoadClient.waitUntilServed(clients, rounds: 20)
            let errors = clients.map(\.errors)
            try redis.kill()
            try waitUntil("every client hears of it") { zip(clients, errors).allSatisfy { $0.errors > $1 } }
            try redis.start()
        }
        try LoadClient.waitUntilServed(clients, rounds: 20)
        #expect(clients.compactMap { $0.stop() } == [])
    }

    @Test("connections cut again and again under load: no hang, no wrong reply, no command executed twice")
    func connectionsCut() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let clients = (0..<8).map { LoadClient(name: "client\($0)", port: ocm.port) }
        let admin = try redis.connect()
        for _ in 0..<200 {
            try LoadClient.waitUntilServed(clients, rounds: 1)
            try admin.call("CLIENT", "KILL", "TYPE", "normal")
        }
        #expect(clients.compactMap { $0.stop() } == [])
        let info = try ocm.connect().call("INFO", "ocm")
        #expect(info.contains("ocm_upstream_status:up"))
        #expect(!info.contains("ocm_retries:0\r\n"), "reads in flight were tried again")
    }

    @Test("it can't save its data: writes are refused, and PING; reads go on, from the cache too")
    func unableToSave() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        try client.call("SET", "k", "v")
        try redis.failToSave()
        try redis.connect().call("CLIENT", "KILL", "TYPE", "normal")
        try redis.connect().call("CLIENT", "KILL", "TYPE", "pubsub")
        try waitUntil("all is as before") { try client.call("GET", "k") == "$1\r\nv\r\n" }
        #expect(try client.call("SET", "k", "w").hasPrefix("-MISCONF"))
        #expect(try client.call("PING").hasPrefix("-MISCONF"))
        for line in ["SELECT 1", "HELLO 3", "WATCH k", "MULTI", "GET k", "EXEC", "SUBSCRIBE c"] {
            let reply = try ocm.connect().call(line: line)
            let direct = try redis.connect().call(line: line)
            #expect(line == "HELLO 3" ? reply.hasPrefix("%7") : reply == direct, "\(line)")
        }
        let later = try OCMServer(upstream: redis.url)
        for ocm in [ocm, later] {
            let client = try ocm.connect()
            try client.waitUntilKept("GET k")
            // The feed is asked once a second whether it is there.
            usleep(2_500_000)
            try client.waitUntilKept("GET k")
        }
    }

    @Test("a transaction whose connection is cut is over: the client's connection is, too")
    func transactionCut() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        #expect(try client.call("MULTI") == "+OK\r\n")
        #expect(try client.call("SET", "k", "v") == "+QUEUED\r\n")
        try redis.connect().call("CLIENT", "KILL", "TYPE", "normal")
        _ = try client.readToEnd()
        #expect(try ocm.connect().call("EXISTS", "k") == ":0\r\n")
    }

    @Test("stopped for longer than the time-out: an error, and afterwards the right replies again")
    func frozenForLong() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, ["--upstream-timeout", "1s"])
        let client = try ocm.connect()
        try client.call("SET", "k", "before")
        var error = ""
        // On a machine that stands still between the two, Redis is known to be away before there is a command.
        try waitUntil("a command is on its way when Redis stops") {
            try redis.freeze()
            error = try client.call("INCR", "n")
            if !error.contains("was not sent") { return true }
            redis.thaw()
            try waitUntil("ocm is served again") { try client.call("GET", "k") == "$6\r\nbefore\r\n" }
            return false
        }
        #expect(error.hasPrefix("-ERR ocm got no answer from Redis at 127.0.0.1:\(redis.port) within 1 s; "))
        #expect(error.hasSuffix("the command may or may not have been executed\r\n"))
        // From then on nobody has to wait for it: it is known to be down.
        try waitUntil("commands fail at once") { try client.call("GET", "k").contains("was not sent") }
        redis.thaw()
        try waitUntil("ocm is served again") { try client.call("GET", "k") == "$6\r\nbefore\r\n" }
        try client.send("ECHO a\r\nGET k\r\nECHO b\r\n")
        #expect(try client.read(26) == Array("$1\r\na\r\n$6\r\nbefore\r\n$1\r\nb\r\n".utf8))
    }

    @Test("stopped: while commands wait, those who watch are told that it is away")
    func frozenInSight() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        let watcher = try ocm.connect()
        try client.call("SET", "k", "v")
        try redis.freeze()
        defer { redis.thaw() }
        try client.sendCommand("SET", "k", "w")
        try waitUntil("it is seen") { try watcher.call("INFO", "ocm").contains("ocm_upstream_status:down\r\n") }
        let failure = "ocm_upstream_error:cannot reach Redis at 127.0.0.1:\(redis.port): no answer for "
        #expect(try watcher.call("INFO", "ocm").contains(failure))
        redis.thaw()
        #expect(String(decoding: try client.readReply(), as: UTF8.self) == "+OK\r\n")
        #expect(try watcher.call("INFO", "ocm").contains("ocm_upstream_status:up\r\n"))
    }

    @Test("stopped: commands wait for the time-out once, and then not even for the next attempt to connect")
    func frozenWhileConnecting() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, ["--upstream-timeout", "1s"])
        let client = try ocm.connect()
        try client.call("SET", "k", "v")
        try redis.freeze()
        defer { redis.thaw() }
        #expect(try client.call("GET", "k").contains("within 1 s"))
        // The next attempt, which takes five seconds to fail, is under way by now.
        var failed = 0
        try waitUntil("a hundred commands have failed") {
            let reply = try client.call("GET", "k")
            #expect(reply.contains("was not sent"))
            failed += 1
            return failed == 100
        }
    }

    @Test(
        "a server that ends every connection once it has taken it, or answered us, isn't tried again at once for ever",
        arguments: ["", "$0\r\n\r\n"]
    )
    func briefLives(answer: String) throws {
        let server = try AgreeableServer(saying: Array("+PONG\r\n$2\r\nid\r\n".utf8), then: Array(answer.utf8))
        let ocm = try OCMServer(upstream: "redis://127.0.0.1:\(server.port)")
        try waitUntil("the connection was lost") { ocm.log.contains("lost the connection") }
        usleep(1_500_000)
        // Three at once, then after 50 ms, 100 ms, …: half of each at least.
        #expect(ocm.log.components(separatedBy: "connected to Redis").count < 15)
        let client = try ocm.connect()
        try waitUntil("commands fail") { try client.call("GET", "k").contains("cannot reach Redis") }
    }

    @Test(
        "who has nothing under way gets another connection when there is something to send",
        arguments: [true, false]
    )
    func idleIdentity(isCaching: Bool) throws {
        let redis = try RedisServer(["--user", "bob", "on", ">bob", "~*", "&*", "+@all"])
        let ocm = try OCMServer(upstream: redis.url, isCaching ? [] : ["--no-cache"])
        let client = try ocm.connect()
        try client.call("AUTH", "bob", "bob")
        try client.call("SET", "k", "v")
        let admin = try redis.connect()
        try admin.call("CLIENT", "KILL", "USER", "bob")
        usleep(300_000)
        #expect(try !admin.call("CLIENT", "LIST").contains("user=bob"))
        #expect(try client.call("GET", "k") == "$1\r\nv\r\n")
    }

    @Test("a password that Redis wants from now on ends no transaction that it has begun")
    func passwordInTransaction() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        for line in ["SELECT 3", "MULTI", "SET k v"] { try client.call(line: line) }
        let admin = try redis.connect()
        try admin.call("CONFIG", "SET", "requirepass", "pw")
        let ordinary = try admin.call("CLIENT", "LIST").split(whereSeparator: \.isNewline).filter {
            $0.contains(" db=0 ") && $0.contains(" multi=-1 ") && !$0.contains(" redir=-1 ")
        }
        for line in ordinary { try admin.call("CLIENT", "KILL", "ID", String(line.prefix { $0 != " " }.dropFirst(3))) }
        try waitUntil("it is known") { try ocm.connect().call("GET", "k").hasPrefix("-NOAUTH") }
        #expect(try client.call("SELECT", "4") == "+QUEUED\r\n")
        #expect(try client.call("EXEC") == "*2\r\n+OK\r\n+OK\r\n")
    }

    @Test("a server that ends every connection at once: what wasn't sent is said not to have been sent")
    func endedInHandshake() throws {
        let relay = try Relay(to: freePort())
        let ocm = try OCMServer(upstream: "redis://127.0.0.1:\(relay.port)")
        let client = try ocm.connect()
        for command in ["SET k v", "GET k", "MULTI"] {
            try client.send(command + "\r\n")
            #expect(String(decoding: try client.readReply(), as: UTF8.self).hasSuffix("the command was not sent\r\n"))
        }
    }

    @Test(
        "who isn't Redis is noticed",
        arguments: [
            (
                AgreeableServer.page,
                "what answers there doesn't speak Redis's protocol (a reply started with the byte 0x48)"
            ),
            // An alert: that was no TLS handshake.
            ([0x15, 3, 1, 0, 2, 2, 22], "what answers there wants TLS: write rediss:// in place of redis://"),
        ]
    )
    func stranger(answer: [UInt8], reason: String) throws {
        let stranger = try AgreeableServer(saying: answer)
        let ocm = try OCMServer(upstream: "redis://127.0.0.1:\(stranger.port)")
        let failure = "cannot reach Redis at 127.0.0.1:\(stranger.port): \(reason)"
        #expect(try ocm.connect().call("GET", "k") == "-LOADING ocm \(failure); the command was not sent\r\n")
        #expect(ocm.log.contains("\(failure); trying again until it answers\n"))
        try waitUntil("the feed has failed, too") {
            ocm.log.contains("until the invalidation feed is up: \(failure)\n")
        }
    }

    @Test("a client that takes its transaction's replies slowly isn't taken for a server that is silent")
    func slowTransaction() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, ["--upstream-timeout", "500ms"])
        let client = try RawConnection(port: ocm.port, receiveBuffer: 4096)
        let size = 20 << 20
        try client.call("SET", "big", String(repeating: "x", count: size))
        try client.send("MULTI\r\nGET big\r\nGET big\r\nGET big\r\nEXEC\r\n")
        sleep(2)
        #expect(
            try client.read(5 + 3 * 9 + 4)
                == Array(("+OK\r\n" + String(repeating: "+QUEUED\r\n", count: 3) + "*3\r\n").utf8)
        )
        for _ in 0..<3 { #expect(try client.readReply().count == size + 13) }
        #expect(try client.call("PING") == "+PONG\r\n")
    }

    @Test("stopped for a moment: replies are late, and nothing else")
    func frozenForAMoment() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let clients = (0..<4).map { LoadClient(name: "client\($0)", port: ocm.port) }
        for _ in 0..<5 {
            try LoadClient.waitUntilServed(clients, rounds: 5)
            try redis.freeze()
            usleep(200_000)
            redis.thaw()
        }
        #expect(clients.compactMap { $0.stop() } == [])
        #expect(clients.map(\.errors) == [0, 0, 0, 0])
    }

    @Test("its password changed: Redis's own words, until the password is right again")
    func passwordChanged() throws {
        let redis = try RedisServer(["--requirepass", "one"])
        let ocm = try OCMServer(upstream: "redis://:one@127.0.0.1:\(redis.port)")
        let client = try ocm.connect()
        #expect(try client.call("SET", "k", "v") == "+OK\r\n")
        let admin = try redis.connect()
        try admin.call("AUTH", "one")
        try admin.call("CONFIG", "SET", "requirepass", "two")
        #expect(try client.call("GET", "k") == "$1\r\nv\r\n", "Redis lets those stay who are in")
        try admin.call("CLIENT", "KILL", "TYPE", "normal")
        let refusal = "-WRONGPASS invalid username-password pair or user is disabled.\r\n"
        try waitUntil("ocm is refused") { try client.call("GET", "k") == refusal }
        #expect(try client.call("INFO", "ocm").contains("ocm_upstream_error:Redis refuses the connection: WRONGPASS"))
        #expect(ocm.log.contains("Redis refuses the connection: WRONGPASS"))
        try admin.call("CONFIG", "SET", "requirepass", "one")
        try waitUntil("ocm is let in again") { try client.call("GET", "k") == "$1\r\nv\r\n" }
    }

    @Test("its connection limit reached: who needs a connection is told, the others are served")
    func connectionLimit() throws {
        let redis = try RedisServer(["--maxclients", "7"])
        let ocm = try OCMServer(upstream: redis.url)
        try ocm.waitUntilCaching()
        let admin = try redis.connect()
        let waiting = try (0..<8).map { _ in try ocm.connect() }
        for client in waiting { try client.sendCommand("BLPOP", "queue", "0") }
        var refused: [RawConnection] = []
        try waitUntil("some are refused") {
            for client in waiting where try !refused.contains(where: { $0 === client }) && !client.isSilent(for: 0) {
                #expect(try client.readReply() == Array("-ERR max number of clients reached\r\n".utf8))
                refused.append(client)
            }
            return refused.count == 4
        }
        let other = try ocm.connect()
        #expect(try other.call("SET", "k", "v") == "+OK\r\n")
        for _ in refused { try admin.call("RPUSH", "queue", "job") }
        for client in waiting where !refused.contains(where: { $0 === client }) {
            #expect(try client.readReply() == Array("*2\r\n$5\r\nqueue\r\n$3\r\njob\r\n".utf8))
        }
        #expect(try refused[0].call("BLPOP", "none", "0.01") == "*-1\r\n")
    }
}
