import TestSupport
import Testing

@Suite("A client can't tell ocm from Redis", .serialized)
struct DifferentialTests {
    let redis: RedisServer
    let ocm: OCMServer

    init() throws {
        redis = try RedisServer()
        ocm = try OCMServer(upstream: redis.url)
    }

    @Test("a random stream of commands, pipelines cut at random places", arguments: 1...3, [2, 3])
    func stream(seed: UInt64, version: Int) throws {
        var stream = CommandStream(seed: seed)
        let commands = stream.take(3000)
        let admin = try redis.connect()
        var pipelines = Pipelines(seed: seed)
        let direct = try pipelines.replies(to: commands, version, over: try redis.connect())
        try admin.call("FLUSHALL")
        try admin.call("SCRIPT", "FLUSH")
        pipelines = Pipelines(seed: seed)
        let hits = try ocm.cacheFigure("hits")
        let through = try pipelines.replies(to: commands, version, over: try ocm.connect())
        #expect(try ocm.cacheFigure("hits") > hits, "all that was compared is Redis with itself")
        try admin.call("FLUSHALL")
        for (index, command) in commands.enumerated() {
            let words = command.map { String(decoding: $0.prefix(60), as: UTF8.self) }
            guard direct[index] == through[index] else {
                Issue.record("command \(index) of seed \(seed), RESP\(version), differs: \(words)")
                print("direct:  \(String(decoding: direct[index].prefix(500), as: UTF8.self))")
                print("through: \(String(decoding: through[index].prefix(500), as: UTF8.self))")
                return
            }
        }
    }

    @Test("the same while somebody else writes to Redis behind our back", arguments: 1...3, [2, 3])
    func secondWriter(seed: UInt64, version: Int) throws {
        let admin = try redis.connect()
        var transcripts: [[[UInt8]]] = []
        var commands: [[[UInt8]]] = []
        var hits = 0
        for client in [try redis.connect(), try ocm.connect()] {
            try admin.call("FLUSHALL")
            try admin.call("SCRIPT", "FLUSH")
            var stream = CommandStream(seed: seed)
            var foreign = CommandStream(seed: seed &+ 1000, like: CommandStream.writes)
            var pipelines = Pipelines(seed: seed)
            var replies: [[UInt8]] = []
            commands = []
            let witness = try ForeignWitness(ocm: ocm, writer: admin)
            if version == 3 { try client.call("HELLO", "3") }
            for _ in 0..<60 {
                let pipeline = stream.take(25)
                commands += pipeline
                // The witness has hits, too.
                let before = try ocm.cacheFigure("hits")
                replies += try pipelines.replies(to: pipeline, version, over: client, isGreeted: true)
                hits += try ocm.cacheFigure("hits") - before
                _ = try pipelines.replies(to: foreign.take(5), 2, over: admin)
                try witness.waitUntilHeard()
            }
            transcripts.append(replies)
        }
        #expect(hits > 0, "all that was compared is Redis with itself")
        for (index, command) in commands.enumerated() where transcripts[0][index] != transcripts[1][index] {
            let words = command.map { String(decoding: $0.prefix(60), as: UTF8.self) }
            Issue.record("command \(index) of seed \(seed), RESP\(version), differs: \(words)")
            print("direct:  \(String(decoding: transcripts[0][index].prefix(500), as: UTF8.self))")
            print("through: \(String(decoding: transcripts[1][index].prefix(500), as: UTF8.self))")
            return
        }
    }

    @Test("several clients, in lockstep: transactions, blocking pops, pub/sub", arguments: 1...3, [2, 3])
    func severalClients(seed: UInt64, version: Int) throws {
        let admin = try redis.connect()
        var transcripts: [[String]] = []
        for connect in [redis.connect, ocm.connect] {
            try admin.call("FLUSHALL")
            let clients = try (0..<4).map { _ in try connect() }
            if version == 3 { for client in clients { try client.call("HELLO", "3") } }
            var scene = Scene(clients: clients, admin: admin, seed: seed, version: version)
            for _ in 0..<150 { try scene.step() }
            transcripts.append(scene.transcript)
        }
        for (direct, through) in zip(transcripts[0], transcripts[1]) {
            try #require(direct == through)
        }
        #expect(transcripts[0].count == transcripts[1].count)
    }

    @Test("a pipeline that is sent whole before the first reply is read")
    func unreadPipeline() throws {
        let client = try ocm.connect()
        try client.call("SET", "k", String(repeating: "x", count: 20_000))
        let get = RawConnection.frame([Array("GET".utf8), Array("k".utf8)])
        // Some 200 MB of replies to 10,000 requests of 22 bytes, and then as many again behind blocking commands.
        try client.send(Array(repeatElement(get, count: 10_000).joined()))
        for _ in 0..<10_000 { #expect(try client.readReply().count == 20_000 + 10) }
        let large = [UInt8](repeating: 65, count: 100_000)
        let pipeline = (0..<100).flatMap { index in
            RawConnection.frame([Array("SET".utf8), Array("k\(index)".utf8), large])
                + RawConnection.frame([Array("BLPOP".utf8), Array("none".utf8), Array("0.01".utf8)])
                + RawConnection.frame([Array("GET".utf8), Array("k\(index)".utf8)])
        }
        try client.send(pipeline)
        for _ in 0..<100 {
            #expect(try client.readReply() == Array("+OK\r\n".utf8))
            #expect(try client.readReply() == Array("*-1\r\n".utf8))
            #expect(try client.readReply().count == 100_000 + 11)
        }
        #expect(ocm.process.residentMemory < 150 << 20)
    }

    @Test(
        "RESET ends a tunnel, whatever is said of it and before it",
        arguments: [
            "SUBSCRIBE a|RESET|PING", "SUBSCRIBE a|RESET|SUBSCRIBE b|RESET|RESET|PING", "MONITOR|RESET|PING",
            "CLIENT REPLY OFF|RESET|PING", "CLIENT REPLY SKIP|RESET|PING|PING|QUIT",
            "CLIENT TRACKING OFF|MULTI|SET a 1|RESET|GET a",
            // An array with fewer elements than it says that it has.
            "MULTI|CLIENT REPLY SKIP|EXEC|RESET|PING", "MULTI|PING|CLIENT REPLY SKIP|EXEC|RESET|PING",
            "CLIENT TRACKING OFF|EVAL return{ok='RESET'} 0|RESET|PING|ECHO a",
            "CLIENT TRACKING OFF|EVAL return{err='RESET'} 0|RESET|PING|ECHO a", "MULTI|SUBSCRIBE a b|EXEC|RESET|PING",
        ],
        [2, 3]
    )
    func resetInTunnel(commands: String, version: Int) throws {
        try expectSameReplies(to: commands, version, ocm, redis)
    }

    @Test(
        "a tunnel goes on where there is no RESET",
        arguments: ["SUBSCRIBE a|RESET|UNSUBSCRIBE a|RESET|PING", "CLIENT REPLY SKIP|PING|RESET|PING|QUIT"]
    )
    func refusedReset(commands: String) throws {
        let redis = try RedisServer(["--rename-command", "RESET", ""])
        try expectSameReplies(to: commands, 2, try OCMServer(upstream: redis.url), redis)
    }

    private func expectSameReplies(to commands: String, _ version: Int, _ ocm: OCMServer, _ redis: RedisServer) throws {
        let replies = try [redis.connect(), ocm.connect()].map { client in
            if version == 3 { try client.call("HELLO", "3") }
            for command in commands.split(separator: "|") {
                try client.send(RawConnection.frame(command.split(separator: " ").map { Array($0.utf8) }))
            }
            client.finishSending()
            return String(decoding: try client.readToEnd(), as: UTF8.self)
        }
        #expect(replies[0] == replies[1])
    }
}
