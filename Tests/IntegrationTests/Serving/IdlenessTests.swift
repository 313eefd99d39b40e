import Foundation
import TestSupport
import Testing

@Suite("When nobody asks for anything")
struct IdlenessTests {
    @Test("ocm sleeps, whatever was asked for before", arguments: [["--no-cache"], []])
    func sleeps(_ arguments: [String]) throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url, arguments)
        let client = try ocm.connect()
        // Enough at once for the loop to yield between turns (``Upstream/YieldPolicy``).
        for _ in 0..<100 {
            try client.send(String(repeating: "GET k\r\n", count: 100))
            for _ in 0..<100 { #expect(try client.readReply() == Array("$-1\r\n".utf8)) }
        }
        try waitUntil("ocm spends less than a tenth of a processor") {
            let before = ocm.process.processorTime
            Thread.sleep(forTimeInterval: 0.2)
            return ocm.process.processorTime - before < 0.02
        }
    }
}
