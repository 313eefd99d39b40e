import Foundation
import TestSupport
import Testing

@Suite("Clients on the command line")
struct ClientCommandTests {
    @Test("the examples of the API's reference", arguments: Backend.allCases)
    func reference(backend: Backend) throws {
        let (server, redis) = try backend.start()
        defer { withExtendedLifetime(redis) {} }
        let ocm = ClientCommand(server)
        #expect(try ocm.run("healthcheck").text == "healthy\n")
        #expect(try ocm.run("set", "user:123", #"{"name": "John Doe"}"#, "--ttl", "60").text == "user:123 stored\n")
        #expect(try ocm.run("get", "user:123").text == #"{"name": "John Doe"}"#)
        let items = #"{"user:123": {"name": "John"}, "user:456": {"name": "Jane"}}"#
        #expect(try ocm.run("batch-set", items, "--ttl", "60").text == "2 keys stored\n")
        let batch = try ocm.run("batch-get", "user:123", "user:456", "user:789")
        #expect(batch.text == "{\n  \"user:123\": {\"name\": \"John\"},\n  \"user:456\": {\"name\": \"Jane\"}\n}\n")
        #expect(batch.status == 1 && batch.errors == "ocm: not found: user:789\n")
        #expect(try ocm.run("set", "other", "x").status == 0)
        #expect(try lines(ocm.run("keys", "--pattern=user:")) == ["user:123", "user:456"])
        #expect(try lines(ocm.run("keys")) == ["other", "user:123", "user:456"])
        #expect(try ocm.run("invalidate", "user:123").text == "user:123 invalidated\n")
        let missing = try ocm.run("get", "user:123")
        #expect(missing.status == 1 && missing.output.isEmpty && missing.errors == "ocm: there is no key user:123\n")
        #expect(try ocm.run("invalidate").text == "all keys invalidated\n")
        #expect(try ocm.run("keys").output.isEmpty)
        let statistics = try ocm.run("stats")
        #expect(statistics.status == 0 && statistics.text.contains("hit rate"))
    }

    private func lines(_ outcome: ClientCommand.Outcome) -> [String] {
        outcome.text.split(separator: "\n").map(String.init).sorted()
    }

    @Test("with --json, all print what the API answers", arguments: Backend.allCases)
    func json(backend: Backend) throws {
        let (server, redis) = try backend.start()
        defer { withExtendedLifetime(redis) {} }
        let ocm = ClientCommand(server)
        #expect(try ocm.run("healthcheck", "--json").text.hasPrefix(#"{"status":"healthy","timestamp":"#))
        #expect(try ocm.run("set", "k", "1.0", "--json").text == #"{"key":"k","stored":true}"# + "\n")
        #expect(try ocm.run("get", "k", "--json").text == #"{"key":"k","value":1.0,"found":true}"# + "\n")
        let missing = try ocm.run("get", "--json", "m")
        #expect(missing.text == #"{"key":"m","found":false}"# + "\n" && missing.status == 1)
        #expect(
            try ocm.run("batch-get", "k", "m", "--json").text == #"{"values":{"k":1.0},"missing":["m"]}"# + "\n"
        )
        #expect(try ocm.run("batch-set", "{\"k\":2}", "--json").text == #"{"results":{"k":true}}"# + "\n")
        #expect(try ocm.run("keys", "--json").text == #"{"keys":["k"]}"# + "\n")
        #expect(try ocm.run("invalidate", "k", "--json").text == #"{"key":"k","invalidated":true}"# + "\n")
        #expect(try ocm.run("invalidate", "--json").text == #"{"invalidated":true}"# + "\n")
        let statistics = try JSONSerialization.jsonObject(with: Data(ocm.run("stats", "--json").output))
        #expect((statistics as? [String: Any])?["redis_enabled"] as? Bool == (backend == .redis))
    }

    @Test("values come back byte for byte, and Redis clients see the same", arguments: Backend.allCases)
    func values(backend: Backend) throws {
        let (server, redis) = try backend.start()
        defer { withExtendedLifetime(redis) {} }
        let ocm = ClientCommand(server)
        let client = try server.connect()
        let cases: [(given: String, stored: String)] = [
            (#"{"b": 1.0,  "a":12345678901234567890123}"#, #"{"b": 1.0,  "a":12345678901234567890123}"#),
            ("1e400", "1e400"), ("null", "null"), ("hello", "hello"), (#""hello""#, "hello"), (#""123""#, #""123""#),
            (#""\u00e9\n""#, "é\n"), ("", ""), ("{not json", "{not json"), ("a\nb\n", "a\nb\n"),
        ]
        for (given, stored) in cases {
            #expect(try ocm.run("set", "k", given).status == 0)
            #expect(try ocm.run("get", "k").output == Array(stored.utf8), "\(given)")
            #expect(try client.call("GET", "k") == "$\(stored.utf8.count)\r\n\(stored)\r\n", "\(given)")
        }
        #expect(try ocm.run("set", "n", "--", "-1").status == 0)
        #expect(try ocm.run("get", "n").text == "-1")
        var random = SplitMix64(seed: 7)
        let binary = (0..<3_000_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        #expect(try ocm.run("set", "binary", "-", input: binary).status == 0)
        let copy = try ocm.run("get", "binary")
        #expect(copy.output == binary)
        #expect(
            try ocm.run("batch-get", "binary", "--json").text.hasSuffix(#""encodings":{"binary":"base64"}}"# + "\n")
        )
    }

    @Test("what is piped in is stored as it is, JSON or not", arguments: Backend.allCases)
    func copies(backend: Backend) throws {
        let (server, redis) = try backend.start()
        defer { withExtendedLifetime(redis) {} }
        let ocm = ClientCommand(server)
        for value in ["\"abc\"", "{\"a\": 1}\n", " 12 ", "  [1, 2]\n", "\"\\u00e9\"", "null", "text\n", ""] {
            #expect(try ocm.run("set", "a", "-", input: Array(value.utf8)).status == 0)
            let original = try ocm.run("get", "a").output
            #expect(original == Array(value.utf8), "\(value)")
            #expect(try ocm.run("set", "b", "-", "--ttl", "3600", input: original).status == 0)
            #expect(try ocm.run("get", "b").output == original, "\(value)")
        }
    }

    @Test("keys of any kind", arguments: Backend.allCases)
    func keys(backend: Backend) throws {
        let (server, redis) = try backend.start()
        defer { withExtendedLifetime(redis) {} }
        let ocm = ClientCommand(server)
        let keys = ["a/b", "//", ".", "..", "%41", "A", "é", "e\u{301}", "a b?c#d&e", "東京", "*", "-"]
        for key in keys { #expect(try ocm.run("set", key, "value of \(key)").status == 0) }
        for key in keys { #expect(try ocm.run("get", key).text == "value of \(key)") }
        #expect(try Set(lines(ocm.run("keys")).map { Array($0.utf8) }) == Set(keys.map { Array($0.utf8) }))
        #expect(try lines(ocm.run("keys", "--pattern", "?")) == ["*", "-", ".", "A"])
        try ocm.run("invalidate")
        let client = try server.connect()
        try client.send(RawConnection.frame([Array("SET".utf8), [0xFF, 0x0A], Array("v".utf8)]))
        _ = try client.readReply()
        #expect(try ocm.run("keys").output == [0xFF, 0x0A, 0x0A])
        #expect(try ocm.run("keys", "--json").text == #"{"keys":[],"encoded_keys":["/wo="]}"# + "\n")
    }

    @Test("many keys come page by page, each at least once", arguments: Backend.allCases)
    func manyKeys(backend: Backend) throws {
        let (server, redis) = try backend.start()
        defer { withExtendedLifetime(redis) {} }
        let client = try server.connect()
        let count = 25_000
        for first in stride(from: 0, to: count, by: 1000) {
            try client.call(["MSET"] + (first..<(first + 1000)).flatMap { ["key:\($0)", "x"] })
        }
        let ocm = ClientCommand(server)
        #expect(try Set(lines(ocm.run("keys"))).count == count)
        let json = try JSONSerialization.jsonObject(with: Data(ocm.run("keys", "--json").output)) as? [String: [String]]
        #expect(Set(json?["keys"] ?? []).count == count)
    }

    @Test("values expire when they are told to", arguments: Backend.allCases)
    func timeToLive(backend: Backend) throws {
        let (server, redis) = try backend.start()
        defer { withExtendedLifetime(redis) {} }
        let ocm = ClientCommand(server)
        let client = try server.connect()
        for value in ["text", "1"] {
            try ocm.run("set", "k", value, "--ttl", "60")
            #expect((50...60).contains(try #require(client.call("TTL", "k").integerReply)))
        }
        try ocm.run("batch-set", "{\"k\":1}", "--ttl", "100")
        #expect((90...100).contains(try #require(client.call("TTL", "k").integerReply)))
        try ocm.run("set", "k", "v", "--ttl", "1000.5")
        #expect((990_000...1_000_500).contains(try #require(client.call("PTTL", "k").integerReply)))
        try ocm.run("set", "k", "v")
        #expect(try client.call("TTL", "k") == ":-1\r\n")
    }

    @Test("a key of another type is an error, and what a batch can't store is told", arguments: Backend.allCases)
    func wrongType(backend: Backend) throws {
        let (server, redis) = try backend.start(["--memory-limit", "2mb"])
        defer { withExtendedLifetime(redis) {} }
        let ocm = ClientCommand(server)
        try server.connect().call("HSET", "h", "f", "v")
        let wrong = try ocm.run("get", "h")
        #expect(wrong.status == 1 && wrong.errors.hasPrefix("ocm: WRONGTYPE "))
        try redis?.connect().call("CONFIG", "SET", "maxmemory", "1")
        guard redis != nil else { return }
        let full = try ocm.run("batch-set", "{\"a\":1}")
        #expect(full.status == 1 && full.text == "0 keys stored\n" && full.errors.hasPrefix("ocm: a: OOM "))
        #expect(try ocm.run("set", "a", "1").errors.hasPrefix("ocm: OOM "))
    }

    @Test("whoever is healthy says so, and whoever isn't, why")
    func health() throws {
        let redis = try RedisServer()
        let server = try OCMServer(upstream: redis.url)
        let ocm = ClientCommand(server)
        try server.waitUntilCaching()
        #expect(try ocm.run("healthcheck").text == "healthy\n")
        try redis.kill()
        try waitUntil("ocm has noticed") { try ocm.run("healthcheck").status == 1 }
        let unhealthy = try ocm.run("healthcheck")
        #expect(unhealthy.errors.hasPrefix("ocm: unhealthy: ") && unhealthy.output.isEmpty)
        #expect(try ocm.run("healthcheck", "--json").text.hasPrefix(#"{"status":"unhealthy","#))
        #expect(try ocm.run("healthcheck", "--live").text == "alive\n")
        #expect(try ocm.run("healthcheck", "--live", "--json").text == #"{"status":"alive"}"# + "\n")
        #expect(try ocm.run("get", "k").status == 1)
        let statistics = try ocm.run("stats")
        #expect(statistics.status == 0 && statistics.text.contains(": down"), "\(statistics.text)")
        try redis.start()
        try waitUntil("it is healthy again") { try ocm.run("healthcheck").text == "healthy\n" }
    }

    @Test("statistics and top, again and again, until the reader has seen enough")
    func watching() throws {
        let server = try OCMServer(upstream: nil)
        let shell = "'\(OCMServer.binary)'"
        for (command, pattern) in [
            ("stats --watch 10ms", "hit rate"), ("stats --watch=10ms --json", "hit_rate"), ("top", "hit rate"),
            ("top --json", "hit_rate"),
        ] {
            let directory = try TemporaryDirectory()
            let process = try TestProcess(
                "/bin/bash",
                ["-c", "\(shell) \(command) | grep -m 2 '\(pattern)'; echo ${PIPESTATUS[*]}"],
                environment: ["OCM_URL": "http://127.0.0.1:\(server.restPort)"],
                output: directory.path + "/output"
            )
            #expect(try process.waitForExit() == 0)
            let lines = process.output.split(separator: "\n")
            #expect(lines.count == 3 && lines.last == "\(128 + SIGPIPE) 0", "\(command): \(process.output)")
        }
    }
}
