import TestSupport
import Testing

@testable import Upstream

@Suite("Expiry in the embedded store")
struct ExpiryTests {
    private let client = StoreClient()

    @Test("a key is gone for every command in the very millisecond of its deadline, and not before")
    func exact() throws {
        for command in [["GET"], ["EXISTS"], ["TYPE"], ["STRLEN"], ["PTTL"], ["DEL"], ["PERSIST"], ["TOUCH"]] {
            try client.call("SET", "k", "v", "PX", "50")
            client.advance(milliseconds: 49)
            #expect(try client.call("GET", "k") == "$1\r\nv\r\n" && client.call("PTTL", "k") == ":1\r\n")
            client.advance(milliseconds: 1)
            let missing = ["GET": "$-1", "TYPE": "+none", "PTTL": ":-2"][command[0]] ?? ":0"
            #expect(try client.reply(to: [command[0], "k"].map { Array($0.utf8) }) == Array("\(missing)\r\n".utf8))
        }
    }

    @Test("deadlines are set, read, kept and removed as in Redis")
    func commands() throws {
        try client.call("SET", "k", "v", "EX", "100")
        #expect(try client.call("TTL", "k") == ":100\r\n")
        #expect(try client.call("EXPIRETIME", "k") == ":\(client.now / 1000 + 100)\r\n")
        try client.call("SET", "k", "w", "KEEPTTL")
        try client.call("APPEND", "k", "x")
        #expect(try client.call("PTTL", "k") == ":100000\r\n")
        #expect(try client.call("EXPIRE", "k", "50", "GT") == ":0\r\n")
        #expect(try client.call("EXPIRE", "k", "50", "LT") == ":1\r\n")
        #expect(try client.call("PERSIST", "k") == ":1\r\n" && client.call("TTL", "k") == ":-1\r\n")
        try client.call("SET", "k", "v", "PX", "10")
        try client.call("SET", "k", "v")
        #expect(try client.call("PTTL", "k") == ":-1\r\n")
        #expect(try client.call("PEXPIREAT", "k", "\(client.now - 1)") == ":1\r\n")
        #expect(try client.call("EXISTS", "k") == ":0\r\n", "a deadline in the past deletes")
    }

    @Test(
        "a deadline that can't be is refused",
        arguments: [
            ["SET", "k", "v", "PX", "0"], ["SET", "k", "v", "EX", "9223372036854775807"], ["SETEX", "k", "-1", "v"],
            ["EXPIRE", "k", "9223372036854775807"], ["GETEX", "k", "PX", "0"],
        ]
    )
    func invalid(command: [String]) throws {
        try client.call("SET", "k", "old")
        let reply = String(decoding: try client.reply(to: command.map { Array($0.utf8) }), as: UTF8.self)
        #expect(reply == "-ERR invalid expire time in '\(command[0].lowercased())' command\r\n")
        #expect(try client.call("GET", "k") == "$3\r\nold\r\n" && client.call("TTL", "k") == ":-1\r\n")
    }

    @Test("what nobody asks for is found, and its memory given back")
    func cycle() throws {
        try client.call("SET", "lasting", "v")
        let before = try client.info("used_memory")
        for number in 0..<5000 { try client.call("SET", "key\(number)", "v", "PX", "\(1 + number % 100)") }
        client.advance(milliseconds: 100)
        for _ in 0..<100 { client.store.runCycle() }
        #expect(try client.call("DBSIZE") == ":1\r\n")
        #expect(try client.info("expired_keys") == 5000)
        #expect(try client.info("used_memory") == before)
    }
}
