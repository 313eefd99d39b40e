import NIOCore
import Testing
import Upstream

@testable import CommandDispatch

@Suite("Replies are held until the news of what they tell is in")
struct OutputHoldsTests {
    private let pool = BufferPool()

    @Test("what was ready before leaves at once, the rest in its order")
    func order() {
        var holds = OutputHolds()
        var output = ByteBuffer(string: "before|")
        func take(_ settled: UInt64) -> String? {
            holds.takeReady(of: &output, settled: settled, pool: pool).map { String(buffer: $0) }
        }
        for (text, news) in [("first|", UInt64(5)), ("second|", 5), ("third|", 6)] {
            holds.add(from: output.readableBytes, until: news)
            output.writeString(text)
        }
        #expect(take(4) == "before|")
        #expect(take(4) == nil)
        output.writeString("fourth|")
        #expect(!holds.isEmpty)
        #expect(take(5) == "first|second|")
        #expect(take(5) == nil)
        #expect(take(6) == "third|fourth|")
        #expect(holds.isEmpty && output.readableBytes == 0)
    }

    @Test("where no news has to be waited for all of it leaves")
    func all() {
        var holds = OutputHolds()
        var output = ByteBuffer(string: "held")
        holds.add(from: 0, until: 2)
        let ready = holds.takeReady(of: &output, settled: .max, pool: pool)
        #expect(ready.map { String(buffer: $0) } == "held")
        #expect(holds.isEmpty)
    }

    @Test("a session of which something is always held takes no more than what is")
    func endless() {
        var holds = OutputHolds()
        var output = ByteBuffer()
        for news in UInt64(1)...10_000 {
            holds.add(from: output.readableBytes, until: news)
            output.writeRepeatingByte(0, count: 4000)
            _ = holds.takeReady(of: &output, settled: news - 1, pool: pool).map { pool.put($0) }
            #expect(output.readableBytes == 4000)
        }
        #expect(output.capacity < 64 << 10)
    }
}
