import TestSupport
import Testing

@testable import cachesim

@Suite("Traces, and what replaying them finds")
struct ReplayTests {
    @Test("every request of a trace is read, however many there are", arguments: [1, 8191, 8192, 100_000])
    func reading(count: Int) throws {
        let file = TraceFile((0..<count).map { (UInt32($0), UInt32.max - UInt32($0)) })
        let trace = try Trace(path: file.path)
        defer { trace.close() }
        var read: UInt32 = 0
        while let request = try trace.next() {
            if request.key != read || request.size != .max - read { Issue.record("record \(read) is \(request)") }
            read += 1
        }
        #expect(read == UInt32(count))
    }

    @Test("a file that isn't a trace is an error that says why")
    func errors() throws {
        let cut = TraceFile(bytes: [UInt8](repeating: 1, count: 8 * 3 + 5))
        let plain = TraceFile(bytes: [UInt8](repeating: 1, count: 80), mode: "wbT")
        let complaints: [(String, String)] = [
            (cut.path, "\(cut.path) ends in the middle of a record of 8 bytes"),
            (plain.path, "\(plain.path) isn't gzip-compressed"),
            ("/nowhere", "can't open /nowhere: No such file or directory"),
        ]
        for (path, complaint) in complaints {
            #expect("\(try #require(throws: TraceError.self) { try readAll(path) })" == complaint)
        }
    }

    private func readAll(_ path: String) throws {
        let trace = try Trace(path: path)
        defer { trace.close() }
        while try trace.next() != nil {}
    }

    @Test("what fits is found from its second request on, and what doesn't never is")
    func fitting() {
        var replay = Replay(capacity: 100)
        for _ in 0..<4 {
            for key in 0..<10 { replay.request(Trace.Request(key: UInt32(key), size: 10)) }
        }
        #expect(replay.requests == 40 && replay.hitRatio == 0.75)
        var large = Replay(capacity: 100)
        for _ in 0..<4 { large.request(Trace.Request(key: 1, size: 101)) }
        #expect(large.hitRatio == 0)
        var weightless = Replay(capacity: 1)
        for _ in 0..<2 {
            for key in 0..<1000 { weightless.request(Trace.Request(key: UInt32(key), size: 0)) }
        }
        #expect(weightless.hitRatio == 0.5)
    }

    @Test("what comes by once among much else isn't kept when it comes fast", arguments: [10_000, 100_000])
    func admission(requestsPerSecond: Int) {
        var replay = Replay(capacity: 100_000, requestsPerSecond: requestsPerSecond)
        for number in 0..<500_000 {
            let key = number % 2 == 0 ? number / 2 % 1000 : 1_000_000 + number
            replay.request(Trace.Request(key: UInt32(key), size: 1))
        }
        #expect(replay.hitRatio > 0.47)
        #expect(requestsPerSecond < 20_000 ? replay.fillRatio > 0.5 : replay.fillRatio < 0.3)
    }

    @Test("keys and sizes may be any numbers", arguments: [1, 3, 1000, Int(UInt32.max), .max])
    func anyNumbers(capacity: Int) {
        var random = SplitMix64(seed: UInt64(capacity))
        var replay = Replay(capacity: capacity)
        for _ in 0..<20_000 {
            let key =
                random.once(in: 2)
                ? UInt32.random(in: 0...100, using: &random) : UInt32.random(in: 0 ... .max, using: &random)
            let size = random.pick([0, 1, 2, 500, UInt32.max / 2, .max])
            replay.request(Trace.Request(key: key, size: size))
        }
        #expect((0...1).contains(replay.hitRatio))
    }
}
