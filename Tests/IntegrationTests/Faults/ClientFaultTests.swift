import Foundation
import TestSupport
import Testing

@Suite("When a client fails", .serialized)
struct ClientFaultTests {
    let redis: RedisServer
    let ocm: OCMServer
    let bystander: RawConnection

    init() throws {
        redis = try RedisServer(["--client-output-buffer-limit", "pubsub 8mb 4mb 5"])
        ocm = try OCMServer(upstream: redis.url)
        bystander = try ocm.connect()
    }

    private static let megabyte = String(repeating: "x", count: 1 << 20)

    @Test("gone in the middle of a reply: the others don't notice")
    func goneInTheMiddle() throws {
        try bystander.call("SET", "big", String(repeating: "x", count: 20 << 20))
        for round in 0..<30 {
            let client = try ocm.connect()
            try client.send("GET big\r\nECHO lost\r\n")
            _ = try client.read(1000)
            // It is gone here, with most of the reply still to come.
            _ = consume client
            #expect(try bystander.call("ECHO", "\(round)") == "$\("\(round)".count)\r\n\(round)\r\n")
        }
        try waitUntil("only the bystander is left") {
            try bystander.call("INFO", "ocm").contains("ocm_connected_clients:1\r\n")
        }
        #expect(ocm.process.residentMemory < 150 << 20)
    }

    @Test("gone while it waits for an element: the element is not lost")
    func goneWhileBlocked() throws {
        let admin = try redis.connect()
        for _ in 0..<20 {
            let client = try ocm.connect()
            try client.sendCommand("BLPOP", "queue", "0")
            try waitUntil("it waits") { try admin.call("INFO", "clients").contains("blocked_clients:1\r\n") }
            _ = consume client
            try waitUntil("Redis knows") { try admin.call("INFO", "clients").contains("blocked_clients:0\r\n") }
            #expect(try bystander.call("RPUSH", "queue", "job") == ":1\r\n")
            #expect(try bystander.call("LPOP", "queue") == "$3\r\njob\r\n")
        }
    }

    @Test("a subscriber that doesn't read: Redis's own limit ends it, our memory and the others stay as they are")
    func slowSubscriber() throws {
        let slow = try RawConnection(port: ocm.port, receiveBuffer: 4096)
        let good = try ocm.connect()
        try slow.call("SUBSCRIBE", "news")
        try good.call("SUBSCRIBE", "news")
        let size = RawConnection.frame([Array("message".utf8), Array("news".utf8), Array(Self.megabyte.utf8)]).count
        var reached = 2
        var sent = 0
        while reached == 2 {
            try #require(sent < 200, "Redis's limit of 8 MB never applied")
            reached = try #require(try bystander.call("PUBLISH", "news", Self.megabyte).integerReply)
            sent += 1
            _ = try good.read(size)
        }
        #expect(reached == 1)
        #expect(ocm.process.residentMemory < 100 << 20)
        let received = try slow.readToEnd().count
        #expect(received < sent * size, "what Redis dropped can't have arrived")
        #expect(try bystander.call("PUBLISH", "news", "on") == ":1\r\n")
        #expect(try good.readReply() == RawConnection.frame(["message", "news", "on"].map { Array($0.utf8) }))
    }

    @Test("one that asks for much and reads nothing: our memory and the others stay as they are")
    func slowReader() throws {
        try bystander.call("SET", "big", Self.megabyte)
        let slow = try RawConnection(port: ocm.port, receiveBuffer: 4096)
        let request = RawConnection.frame([Array("GET".utf8), Array("big".utf8)])
        try slow.send(Array(repeatElement(request, count: 200).joined()))
        for round in 0..<300 { #expect(try bystander.call("ECHO", "\(round)").hasSuffix("\(round)\r\n")) }
        #expect(ocm.process.residentMemory < 100 << 20)
        for _ in 0..<200 { #expect(try slow.readReply().count == (1 << 20) + 12) }
    }

    @Test("half a command and silence: it costs nearly nothing, and the other half is still welcome")
    func halfACommand() throws {
        let before = ocm.process.residentMemory
        let halves = try (0..<300).map { index in
            let client = try ocm.connect()
            // Announces as much as Redis allows, and sends next to nothing of it.
            try client.send(index == 0 ? "*2\r\n$4\r\nECHO\r\n$5\r\nhe" : "*2\r\n$4\r\nECHO\r\n$536870912\r\nhe")
            return client
        }
        #expect(try bystander.call("PING") == "+PONG\r\n")
        #expect(ocm.process.residentMemory - before < 30 << 20)
        try halves[0].send("llo\r\n")
        #expect(try halves[0].readReply() == Array("$5\r\nhello\r\n".utf8))
    }

    @Test("half a command and the end of the input: the connection is closed, and nothing is executed")
    func halfACommandAndTheEnd() throws {
        let client = try ocm.connect()
        try client.send("SET whole 1\r\n*3\r\n$3\r\nSET\r\n$4\r\nhalf\r\n$1\r\n")
        client.finishSending()
        #expect(try client.readToEnd() == Array("+OK\r\n".utf8))
        #expect(try bystander.call("EXISTS", "whole", "half") == ":1\r\n")
    }

    @Test(
        "the end of the input: what Redis still answers is answered, byte for byte",
        arguments: [
            "EVAL \"return 1\" 0\r\n", "PING\r\nEVAL \"return 1\" 0\r\nPING\r\n", "SET a 1\r\nBLPOP none 0\r\n",
            "WAIT 0 0\r\n", "BLPOP none 0\r\nPING\r\n", "PING\r\nSUBSCRIBE x\r\n",
            "SUBSCRIBE x\r\nUNSUBSCRIBE x\r\nPING\r\n",
            "MULTI\r\nEVAL \"return 1\" 0\r\nEXEC\r\n", "MULTI\r\nSET a 1\r\nEXEC\r\nEVAL \"return 2\" 0\r\n",
            "CLIENT REPLY ON\r\nPING\r\n", "MULTI\r\nSET a 1\r\n",
            String(repeating: "GET a\r\n", count: 20) + "BLPOP none 0\r\n",
            // What flushes is answered, too, whether the cache is shut for it or not.
            "CLIENT TRACKING OFF\r\nSET a 1\r\nFLUSHDB\r\nGET a\r\n",
            "CLIENT REPLY OFF\r\nFLUSHDB\r\nCLIENT REPLY ON\r\n", "CLIENT TRACKING OFF\r\nMULTI\r\nSWAPDB 0 1\r\n",
            // A tunnel that ends, or doesn't.
            "SUBSCRIBE x\r\nRESET\r\n", "CLIENT REPLY SKIP\r\nRESET\r\n",
        ]
    )
    func endOfInput(_ input: String) throws {
        let replies = try [redis.connect(), ocm.connect()].map { client in
            try client.send(input)
            client.finishSending()
            return String(decoding: try client.readToEnd(), as: UTF8.self)
        }
        #expect(replies[0] == replies[1])
        try waitUntil("only the bystander is left") {
            try bystander.call("INFO", "ocm").contains("ocm_connected_clients:1\r\n")
        }
        #expect(try bystander.call("LPUSH", "none", "element") == ":1\r\n")
        #expect(try bystander.call("LLEN", "none") == ":1\r\n")
    }

    @Test("a long command behind one that waits is read on when that is answered")
    func longCommandBehindWaiting() throws {
        let client = try ocm.connect()
        try client.send("BLPOP none 0.3\r\nPING\r\n")
        let value = String(repeating: "x", count: 80 << 20)
        try client.sendCommand("SET", "long", value)
        #expect(try client.readReply() == Array("*-1\r\n".utf8))
        #expect(try client.readReply() == Array("+PONG\r\n".utf8))
        #expect(try client.readReply() == Array("+OK\r\n".utf8))
        #expect(try bystander.call("STRLEN", "long") == ":\(80 << 20)\r\n")
    }

    @Test("one whose command CLIENT PAUSE holds back: the others are served, whatever it waits for besides")
    func paused() throws {
        let relay = try Relay(to: redis.port)
        let ocm = try OCMServer(upstream: "redis://127.0.0.1:\(relay.port)", ["--threads", "1", "--no-cache"])
        let held = try ocm.connect()
        let other = try ocm.connect()
        let admin = try ocm.connect()
        try other.call("GET", "k")
        let shared = try relay.connection(saying: "GET")
        shared.replies.hold()
        for client in [held, other] { try client.sendCommand("GET", "k") }
        try waitUntil("their replies are on their way") { shared.replies.held == "$-1\r\n$-1\r\n" }
        #expect(try admin.call("CLIENT", "PAUSE", "60000", "WRITE") == "+OK\r\n")
        try held.sendCommand("SET", "b", "1")
        for _ in 0..<3 { try admin.call("CACHE", "HELP") }
        try other.sendCommand("GET", "k")
        for _ in 0..<3 { try admin.call("CACHE", "HELP") }
        shared.replies.letGo()
        for client in [held, other, other] { #expect(try client.readReply() == Array("$-1\r\n".utf8)) }
        try admin.call("CLIENT", "UNPAUSE")
        #expect(try held.readReply() == Array("+OK\r\n".utf8))
    }

    @Test("silent for longer than --timeout: closed, but not while it waits or listens")
    func silence() throws {
        let ocm = try OCMServer(upstream: redis.url, ["--timeout", "1s"])
        let silent = try ocm.connect()
        let half = try ocm.connect()
        let subscriber = try ocm.connect()
        let blocked = try ocm.connect()
        try silent.call("PING")
        try half.send("*2\r\n$4\r\nECHO\r\n$5\r\nhe")
        try subscriber.call("SUBSCRIBE", "news")
        try blocked.sendCommand("BLPOP", "queue", "0")
        #expect(try silent.readToEnd().isEmpty)
        #expect(try half.readToEnd().isEmpty)
        #expect(try subscriber.isSilent(for: 1))
        try bystander.call("RPUSH", "queue", "job")
        #expect(try blocked.readReply() == Array("*2\r\n$5\r\nqueue\r\n$3\r\njob\r\n".utf8))
        try bystander.call("PUBLISH", "news", "still")
        #expect(try subscriber.readReply() == RawConnection.frame(["message", "news", "still"].map { Array($0.utf8) }))
    }

    @Test(
        "what replies took that nobody reads is given back when their clients have gone",
        arguments: [(120, 300_000), (6, 3_000_000)]
    )
    func memoryAfterwards(count: Int, size: Int) throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        try redis.connect().call("SET", "k", String(repeating: "x", count: size))
        do {
            let clients = try (0..<count).map { _ in try ocm.connect() }
            for client in clients { for _ in 0..<50 { try client.sendCommand("GET", "k") } }
            try waitUntil("their replies have come") { ocm.process.residentMemory > 150 << 20 }
        }
        try waitUntil("it is given back") { ocm.process.residentMemory < 64 << 20 }
    }
}
