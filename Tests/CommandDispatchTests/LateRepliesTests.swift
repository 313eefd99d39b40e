import NIOCore
import Testing
import Upstream

@testable import CommandDispatch

@Suite("A session's replies that wait for their turn")
struct LateRepliesTests {
    private let mark = CommandMark(hash: 7, sentAt: 0, command: 0, effect: .fill, isLast: true)

    @Test("each in its turn, behind what was sent before it")
    func turns() {
        var late = LateReplies(pool: BufferPool())
        var output = ByteBuffer()
        for sent in [1, 1, 2] { #expect(late.add(behind: sent) { $0.writeInteger(UInt8(48 + sent)) > 0 }) }
        late.release(answered: 0, to: &output)
        #expect(output.readableBytes == 0 && late.bytes == 3)
        late.release(answered: 1, to: &output)
        #expect(String(buffer: output) == "11" && late.bytes == 1)
        late.release(answered: 2, to: &output)
        #expect(String(buffer: output) == "112" && late.isEmpty)
    }

    @Test("one that comes in parts, part by part once it is its turn, and what is behind it when it is whole")
    func parts() {
        var late = LateReplies(pool: BufferPool())
        var output = ByteBuffer()
        let ticket = late.await(mark, behind: 1)
        #expect(late.add(behind: 1) { $0.writeString("!") > 0 })
        late.append(to: ticket) { $0.writeString("a") }
        late.release(answered: 0, to: &output)
        #expect(output.readableBytes == 0 && late.bytes == 2)
        for part in ["b", "c"] {
            late.append(to: ticket) { $0.writeString(part) }
            late.release(answered: 1, to: &output)
        }
        #expect(String(buffer: output) == "abc" && late.bytes == 1 && late.awaited == 1)
        late.append(to: ticket) { $0.writeString("d") }
        #expect(late.finish(ticket)?.hash == 7)
        late.release(answered: 1, to: &output)
        #expect(String(buffer: output) == "abcd!" && late.isEmpty && late.bytes == 0 && late.awaited == 0)
    }
}
