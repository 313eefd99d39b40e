import Foundation
import TestSupport
import Testing

@Suite("Large requests", .serialized)
struct LargeRequestTests {
    @Test("one that Redis ends its connection for ends nobody else's", arguments: ["--cache", "--no-cache"])
    func refused(mode: String) throws {
        let redis = try RedisServer(["--proto-max-bulk-len", "1mb"])
        let ocm = try OCMServer(upstream: redis.url, [mode])
        let other = try ocm.connect()
        #expect(try other.call("SET", "k", "v") == "+OK\r\n")
        #expect(try other.call("GET", "k") == "$1\r\nv\r\n")
        let before = try connections(of: redis)
        let value = String(repeating: "v", count: 2 << 20)
        for command in ["SET", "GETSET", "APPEND"] {
            let client = try ocm.connect()
            // Redis may end the connection before it has read all, and then the error can be lost on its way.
            if let reply = try? client.call(command, "large", value) { #expect(reply.hasPrefix("-ERR")) }
            #expect(try other.call("GET", "k") == "$1\r\nv\r\n")
        }
        let after = try connections(of: redis)
        #expect(before.isSubset(of: after))
        #expect(try other.call("EXISTS", "large") == ":0\r\n")
    }

    @Test("they keep their place among a client's commands, and others read what they wrote")
    func order() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let client = try ocm.connect()
        let reader = try ocm.connect()
        for size in [600_000, 3_000_000, 400_000, 9_000_000] {
            try reader.waitUntilKept("STRLEN k")
            let value = [UInt8](repeating: UInt8(ascii: "v"), count: size)
            let words: [[[UInt8]]] = [
                ["SET", "k", "a"].map { Array($0.utf8) }, ["GET", "k"].map { Array($0.utf8) },
                [Array("SET".utf8), Array("k".utf8), value], ["STRLEN", "k"].map { Array($0.utf8) },
                [Array("APPEND".utf8), Array("k".utf8), value], ["STRLEN", "k"].map { Array($0.utf8) },
                [Array("GETRANGE".utf8), value, Array("0".utf8), Array("1".utf8)],
            ]
            try client.send(words.flatMap(RawConnection.frame))
            let replies = try (0..<words.count).map { _ in String(decoding: try client.readReply(), as: UTF8.self) }
            #expect(
                replies == [
                    "+OK\r\n", "$1\r\na\r\n", "+OK\r\n", ":\(size)\r\n", ":\(2 * size)\r\n", ":\(2 * size)\r\n",
                    "$0\r\n\r\n",
                ]
            )
            #expect(try reader.call("STRLEN", "k") == ":\(2 * size)\r\n")
        }
        let info = try client.call("INFO", "ocm")
        #expect(info.contains("ocm_pinned_sessions:0\r\n"), "the connection goes back to the pool")
    }

    /// The ids of the connections that Redis has, but for the one that asks.
    private func connections(of redis: RedisServer) throws -> Set<Substring> {
        let lines = try redis.connect().call("CLIENT", "LIST").split(whereSeparator: \.isNewline).filter {
            $0.hasPrefix("id=")
        }
        return Set(lines.filter { !$0.contains("cmd=client|list") }.compactMap { $0.split(separator: " ").first })
    }
}
