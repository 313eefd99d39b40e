import NIOCore
import RESP
import Testing

@testable import RESTListener

@Suite("Replies are cut out of what comes, however it is cut")
struct ReplyAssemblerTests {
    private static let replies = [
        "+OK\r\n", "-ERR no\r\n", ":-12\r\n", "$5\r\nhello\r\n", "$-1\r\n", "*-1\r\n", "*0\r\n", "$0\r\n\r\n",
        "*2\r\n$1\r\na\r\n*3\r\n:1\r\n$-1\r\n+x\r\n", "*1\r\n*1\r\n*1\r\n$2\r\n\r\n\r\n",
    ]

    @Test("in pieces of any size", arguments: [1, 2, 3, 7, 1000])
    func pieces(size: Int) throws {
        var assembler = ReplyAssembler()
        var found: [String] = []
        let bytes = Array(Self.replies.joined().utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            let piece = ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)])
            #expect(try assembler.take(piece, longest: 1000) { found.append(String(decoding: $0, as: UTF8.self)) })
        }
        #expect(found == Self.replies && assembler.waitingBytes == 0)
    }

    @Test("a reply that grows too long is noticed")
    func tooLong() throws {
        var assembler = ReplyAssembler()
        #expect(try assembler.take(ByteBuffer(string: "$100\r\nabc"), longest: 10) { _ in })
        #expect(try !assembler.take(ByteBuffer(string: "defgh"), longest: 10) { _ in })
    }

    @Test(
        "replies as JSON",
        arguments: zip(
            replies,
            [
                "\"OK\"", "{\"error\":\"ERR no\"}", "-12", "\"hello\"", "null", "null", "[]", "\"\"",
                "[\"a\",[1,null,\"x\"]]", "[[[\"\\r\\n\"]]]",
            ]
        )
    )
    func json(reply: String, json: String) {
        var buffer = ByteBuffer()
        Array(reply.utf8).withUnsafeBytes { bytes in
            var cursor = ReplyCursor(bytes)
            buffer.writeReply(&cursor)
        }
        #expect(String(buffer: buffer) == json)
    }

    @Test("commands are put as they are to be parsed")
    func commands() {
        var queue = CommandQueue()
        for round in 0..<3 {
            queue.add(2) { command in
                command.add("GET")
                command.add([UInt8](repeating: 97, count: round * 10))
            }
            queue.add(1) { $0.add(-round * 12345) }
        }
        var found: [[String]] = []
        while !queue.isEmpty {
            queue.withNext { command in
                found.append((0..<command.count).map { command.string($0) })
                var parser = RequestParser()
                #expect((try? parser.parse(command.frame, authenticated: true)) == .command)
                #expect(parser.frameLength == command.frame.count)
            }
            queue.removeNext()
        }
        #expect(
            found == [
                ["GET", ""], ["0"], ["GET", "aaaaaaaaaa"], ["-12345"], ["GET", String(repeating: "a", count: 20)],
                ["-24690"],
            ]
        )
    }
}
