import TestSupport
import Testing

@Suite("The embedded store answers as Redis does")
struct EmbeddedDifferentialTests {
    @Test("a random stream of the commands that it serves", arguments: 1...4, [2, 3])
    func stream(seed: UInt64, version: Int) throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: nil)
        var stream = CommandStream(seed: seed, like: CommandStream.embedded)
        let commands = stream.take(6000)
        var pipelines = Pipelines(seed: seed)
        let theirs = try pipelines.replies(to: commands, version, over: try redis.connect())
        pipelines = Pipelines(seed: seed)
        let ours = try pipelines.replies(to: commands, version, over: try ocm.connect())
        for (index, command) in commands.enumerated() where !same(theirs[index], ours[index], command) {
            let words = command.map { String(decoding: $0.prefix(60), as: UTF8.self) }
            Issue.record(
                """
                command \(index) of seed \(seed), RESP\(version), differs: \(words)
                Redis: \(String(decoding: theirs[index].prefix(300), as: UTF8.self))
                ours:  \(String(decoding: ours[index].prefix(300), as: UTF8.self))
                """
            )
            return
        }
    }

    @Test(
        "numbers as large as they can be",
        arguments: [
            "SCAN 0 COUNT 4611686018427387904", "SCAN 0 COUNT 9223372036854775807",
            "HSCAN hash 0 COUNT 4611686018427387904",
            "PEXPIREAT key 9223372036854775806\r\nEXPIRETIME key\r\nPEXPIRETIME key",
            "SET key v PXAT 9223372036854775806\r\nEXPIRETIME key", "EXPIREAT key 9223372036854775\r\nEXPIRETIME key",
            "PEXPIREAT key 9223372036854775807\r\nEXPIRETIME key", "PEXPIRE key 9223372036854775807",
            "HRANDFIELD hash 4611686018427387904 WITHVALUES", "HRANDFIELD hash 9223372036854775807",
            "INCRBY key 9223372036854775807", "DECRBY key -9223372036854775808", "SETRANGE key 9223372036854775807 v",
            "GETRANGE key -9223372036854775808 9223372036854775807", "SETRANGE key 536870911 v2",
            "INCRBYFLOAT f 1e300\r\nINCRBYFLOAT f 1", "HINCRBYFLOAT hash f 1e300\r\nHINCRBYFLOAT hash f -1",
            "SET key v EX 9223372036854775 PX 1", "SET key v EX 100 EX 200\r\nTTL key",
            "GETEX key EX 100 EX 200\r\nTTL key",
        ]
    )
    func largeNumbers(_ commands: String) throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: nil)
        let replies = try [redis.connect(), ocm.connect()].map { client in
            try client.send("SET key value\r\nHSET hash field value\r\n" + commands + "\r\nPING\r\n")
            client.finishSending()
            // SCAN has no order.
            return String(decoding: try client.readToEnd(), as: UTF8.self).split(separator: "\r\n").sorted()
        }
        #expect(replies[0] == replies[1])
    }

    @Test("a reply that would take gigabytes is refused")
    func largeReply() throws {
        let ocm = try OCMServer(upstream: nil, ["--memory-limit", "200mb"])
        let client = try ocm.connect()
        try client.call("SET", "big", String(repeating: "x", count: 60 << 20))
        let refusal = "-ERR the reply is larger than 1 GB: ask for less at once\r\n"
        #expect(try client.call(["MGET"] + Array(repeating: "big", count: 72)) == refusal)
        #expect(try client.call("STRLEN", "big") == ":\(60 << 20)\r\n")
    }

    /// Whether two replies are the same; keys and fields that Redis has in no order may come in any.
    private func same(_ left: [UInt8], _ right: [UInt8], _ command: [[UInt8]]) -> Bool {
        let unordered = ["KEYS", "SCAN", "HGETALL", "HKEYS", "HVALS", "HSCAN", "HRANDFIELD"]
        guard unordered.contains(String(decoding: command[0], as: UTF8.self)) else { return left == right }
        return left.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }.sorted()
            == right.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }.sorted()
    }
}
