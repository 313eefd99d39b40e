import Foundation
import TestSupport
import Testing

@Suite("When a Redis behind TLS fails", .serialized)
struct TLSFaultTests {
    @Test("absent at the start, and killed: errors at once, and service as soon as it is there")
    func absent() throws {
        let redis = try TLSRedis()
        try redis.server.kill()
        let ocm = try redis.ocm()
        let client = try ocm.connect()
        for _ in 0..<3 {
            let error = try client.call("SET", "k", "v")
            #expect(error.hasPrefix("-LOADING ocm cannot reach Redis at rediss://localhost:\(redis.server.port): "))
            try redis.server.start()
            try waitUntil("ocm has found Redis") { try client.call("SET", "k", "v") == "+OK\r\n" }
            try ocm.waitUntilCaching()
            try redis.server.kill()
            try waitUntil("ocm has lost Redis") {
                try client.call("SET", "k", "v").hasPrefix("-LOADING ocm cannot reach")
            }
        }
        #expect(ocm.log.contains("lost the connection to Redis at rediss://localhost:\(redis.server.port): the server"))
    }

    @Test("connections cut again and again under load: no hang, no wrong reply, no command executed twice")
    func connectionsCut() throws {
        let redis = try TLSRedis()
        let ocm = try redis.ocm(["--threads", "2"])
        let clients = (0..<8).map { LoadClient(name: "client\($0)", port: ocm.port) }
        let admin = try redis.server.connect()
        for _ in 0..<50 {
            try LoadClient.waitUntilServed(clients, rounds: 1)
            try admin.call("CLIENT", "KILL", "TYPE", "normal")
        }
        #expect(clients.compactMap { $0.stop() } == [])
        #expect(try ocm.connect().call("INFO", "ocm").contains("ocm_upstream_status:up"))
    }

    @Test("stopped for longer than the time-out: an error, and afterwards the right replies again")
    func frozen() throws {
        let redis = try TLSRedis()
        let ocm = try redis.ocm(["--upstream-timeout", "1s"])
        let client = try ocm.connect()
        try client.call("SET", "k", "before")
        try redis.server.freeze()
        #expect(try client.call("INCR", "n").contains("within 1 s; the command may or may not have been executed"))
        try waitUntil("commands fail at once") { try client.call("GET", "k").contains("was not sent") }
        redis.server.thaw()
        try waitUntil("ocm is served again") { try client.call("GET", "k") == "$6\r\nbefore\r\n" }
    }

    @Test("a SWAPDB that nobody has waited for is dead when its connection is")
    func abandoned() throws {
        let redis = try TLSRedis()
        let ocm = try redis.ocm(["--upstream-timeout", "1s"])
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        try redis.server.freeze()
        #expect(try client.call("SWAPDB", "0", "1").contains("within 1 s"))
        redis.server.thaw()
        try waitUntil("ocm is served again") { try client.call("SET", "k", "v") == "+OK\r\n" }
        try ocm.waitUntilCaching()
        #expect(!ocm.log.contains("may yet execute"), "\(ocm.log)")
    }

    @Test("a port without TLS, asked over TLS")
    func plainPort() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: "rediss://127.0.0.1:\(redis.port)", ["--upstream-insecure"])
        #expect(
            try ocm.connect().call("GET", "k")
                == "-LOADING ocm cannot reach Redis at rediss://127.0.0.1:\(redis.port): no answer to the TLS handshake "
                + "within 5 s: if the port is one without TLS, write redis://; the command was not sent\r\n"
        )
    }

    @Test("what answers without TLS is noticed at once")
    func stranger() throws {
        let stranger = try AgreeableServer()
        let ocm = try OCMServer(upstream: "rediss://127.0.0.1:\(stranger.port)", ["--upstream-insecure"])
        let failure =
            "cannot reach Redis at rediss://127.0.0.1:\(stranger.port): it doesn't speak TLS: if the port is one "
            + "without, write redis://"
        #expect(try ocm.connect().call("GET", "k") == "-LOADING ocm \(failure); the command was not sent\r\n")
        #expect(ocm.log.contains("\(failure); trying again until it answers\n"))
    }

    @Test("a port for TLS, asked without")
    func tlsPort() throws {
        let redis = try TLSRedis()
        let ocm = try OCMServer(upstream: "redis://127.0.0.1:\(redis.server.port)")
        let failure =
            "cannot reach Redis at 127.0.0.1:\(redis.server.port): the server closed it before it had answered: if it "
            + "wants TLS, write rediss:// in place of redis://"
        for words in [["GET", "k"], ["BLPOP", "k", "0"]] {
            #expect(try ocm.connect().call(words) == "-LOADING ocm \(failure); the command was not sent\r\n")
        }
        try waitUntil("the feed has failed, too") {
            ocm.log.contains("until the invalidation feed is up: \(failure)\n")
        }
    }
}
