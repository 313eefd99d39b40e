import TestSupport
import Testing

@testable import Upstream

@Suite("Hashes in the embedded store")
struct HashTests {
    @Test("hold what a dictionary holds, packed or in a table", arguments: 1...3 as ClosedRange<UInt64>, [10, 1000])
    func model(seed: UInt64, fields: Int) throws {
        var random = SplitMix64(seed: seed)
        let client = StoreClient()
        var model: [[UInt8]: [UInt8]] = [:]
        let names = (0..<fields).map { _ in random.bytes(Int.random(in: 0...(fields > 100 ? 70 : 64), using: &random)) }
        for step in 0..<6000 {
            let field = random.pick(names)
            if random.once(in: 3) {
                let reply = try client.reply(to: [Array("HDEL".utf8), Array("h".utf8), field])
                #expect(reply == Array(":\(model.removeValue(forKey: field) == nil ? 0 : 1)\r\n".utf8))
            } else {
                let value = random.bytes(Int.random(in: 0...(fields > 100 ? 300 : 64), using: &random))
                let reply = try client.reply(to: [Array("HSET".utf8), Array("h".utf8), field, value])
                #expect(reply == Array(":\(model.updateValue(value, forKey: field) == nil ? 1 : 0)\r\n".utf8))
            }
            #expect(try client.call("HLEN", "h") == ":\(model.count)\r\n")
            guard step % 500 == 499 else { continue }
            for name in names {
                let expected =
                    model[name].map { Array("$\($0.count)\r\n".utf8) + $0 + [13, 10] } ?? Array("$-1\r\n".utf8)
                #expect(try client.reply(to: [Array("HGET".utf8), Array("h".utf8), name]) == expected)
            }
        }
        for name in Set(names) { _ = try client.reply(to: [Array("HDEL".utf8), Array("h".utf8), name]) }
        #expect(try client.call("EXISTS", "h") == ":0\r\n", "a hash goes with its last field")
    }

    @Test(
        "keep the order in which fields were set for as long as Redis does",
        arguments: [(512, 64), (513, 1), (50, 65)]
    )
    func order(fields: Int, length: Int) throws {
        let client = StoreClient()
        let names = (0..<fields).map { "\($0)" }
        for name in names { try client.call("HSET", "h", name, String(repeating: "v", count: length)) }
        let keys = try client.call("HKEYS", "h").split(separator: "\r\n").map(String.init).filter { !$0.hasPrefix("$") }
        let isPacked = fields <= 512 && length <= 64
        #expect((Array(keys.dropFirst()) == names) == isPacked)
        #expect(Set(keys.dropFirst()) == Set(names))
    }
}
