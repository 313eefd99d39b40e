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

    /// Whether two replies are the same; keys and fields that Redis has in no order may come in any.
    private func same(_ left: [UInt8], _ right: [UInt8], _ command: [[UInt8]]) -> Bool {
        let unordered = ["KEYS", "SCAN", "HGETALL", "HKEYS", "HVALS", "HSCAN", "HRANDFIELD"]
        guard unordered.contains(String(decoding: command[0], as: UTF8.self)) else { return left == right }
        return left.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }.sorted()
            == right.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }.sorted()
    }
}
