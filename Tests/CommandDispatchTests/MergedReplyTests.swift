import NIOCore
import RESP
import Testing

@testable import CommandDispatch

@Suite("An MGET's reply, put together as it comes")
struct MergedReplyTests {
    /// What becomes of `reply`, cut into parts of so many bytes, and the elements that it had.
    private func merge(
        of count: Int,
        missing: [Int],
        found: String,
        _ reply: String,
        size: Int
    ) -> (reply: String, elements: [Int: String]) {
        var merged = MergedReply(of: count, missing: missing, found: ByteBuffer(string: found))
        var output = ByteBuffer()
        var elements: [Int: String] = [:]
        let bytes = Array(reply.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            bytes[start..<min(start + size, bytes.count)].withUnsafeBytes { part in
                merged.take(part, into: &output) { elements[$0, default: ""] += String(decoding: $1, as: UTF8.self) }
            }
        }
        return (String(buffer: output), elements)
    }

    @Test("each element where it belongs, wherever the reply is cut", arguments: 1...12)
    func order(size: Int) {
        let server = "*3\r\n$3\r\none\r\n$-1\r\n$0\r\n\r\n"
        let all = merge(of: 3, missing: [0, 1, 2], found: "", server, size: size)
        #expect(all.reply == server)
        #expect(all.elements == [0: "$3\r\none\r\n", 1: "$-1\r\n", 2: "$0\r\n\r\n"])
        let some = merge(of: 6, missing: [1, 2, 4], found: "$1\r\na\r\n$2\r\nbb\r\n_\r\n", server, size: size)
        #expect(some.reply == "*6\r\n$1\r\na\r\n$3\r\none\r\n$-1\r\n$2\r\nbb\r\n$0\r\n\r\n_\r\n")
        #expect(some.elements == all.elements)
    }

    @Test("an error is the whole command's", arguments: 1...12)
    func error(size: Int) {
        let error = merge(of: 3, missing: [0, 2], found: "$1\r\na\r\n", "-NOPERM no\r\n", size: size)
        #expect(error.reply == "-NOPERM no\r\n" && error.elements.isEmpty)
    }
}
