import NIOCore
import RESP
import TestSupport
import Testing

@Suite("Replies end where they end")
struct ReplyFramerTests {
    /// Cuts `input` into replies, shown in pieces of at most `piece` bytes.
    private func frames(_ input: [UInt8], piece: Int = .max) throws -> (frames: [[UInt8]], isInside: Bool) {
        var framer = ReplyFramer()
        var frames: [[UInt8]] = []
        var frame: [UInt8] = []
        var rest = input[...]
        while !rest.isEmpty {
            let chunk = Array(rest.prefix(piece))
            rest = rest.dropFirst(chunk.count)
            try chunk.withUnsafeBytes { bytes in
                var index = 0
                while index < bytes.count {
                    let end = try framer.endOfFrame(in: bytes, from: index)
                    frame += bytes[index..<(end ?? bytes.count)]
                    index = end ?? bytes.count
                    guard end != nil else { break }
                    frames.append(frame)
                    frame = []
                }
            }
        }
        return (frames, framer.isInsideFrame)
    }

    @Test(
        "every kind of reply",
        arguments: [
            "+OK\r\n", "+\r\n", "-ERR no\r\n", ":1\r\n", ":-1\r\n", "$3\r\nabc\r\n", "$0\r\n\r\n", "$-1\r\n", "*0\r\n",
            "*-1\r\n", "*2\r\n:1\r\n$1\r\na\r\n", "*1\r\n*1\r\n*1\r\n*0\r\n", "_\r\n", ",3.14\r\n", ",inf\r\n",
            "#t\r\n",
            "(12345678901234567890\r\n", "!5\r\nERR x\r\n", "=7\r\ntxt:abc\r\n", "%1\r\n+a\r\n:1\r\n",
            "~2\r\n:1\r\n:2\r\n",
            ">2\r\n+message\r\n+x\r\n", "|1\r\n+ttl\r\n:3\r\n$1\r\nv\r\n", "*2\r\n|1\r\n+a\r\n:1\r\n:2\r\n:3\r\n",
            "%0\r\n",
            "$4\r\n\r\n\r\n\r\n", "+a\rb\r\n", "|1\r\n+a\r\n*1\r\n:1\r\n*1\r\n:2\r\n",
        ]
    )
    func kinds(reply: String) throws {
        let input = bytes(reply + reply)
        for piece in [1, 2, 3, .max] {
            let result = try frames(input, piece: piece)
            #expect(result.frames == [bytes(reply), bytes(reply)])
            #expect(!result.isInside)
        }
    }

    @Test("a push in the middle of another reply belongs to neither count")
    func pushInside() throws {
        let reply = "*2\r\n:1\r\n>2\r\n+invalidate\r\n*1\r\n$1\r\nk\r\n:2\r\n"
        #expect(try frames(bytes(reply + "+OK\r\n")).frames == [bytes(reply), bytes("+OK\r\n")])
    }

    @Test(
        "a push in the middle of EXEC's reply is an element of it only if it confirms a subscription",
        arguments: [
            "*1\r\n>3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n",
            "*2\r\n>3\r\n$12\r\npunsubscribe\r\n$1\r\nc\r\n:1\r\n+OK\r\n",
            "*2\r\n>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n:1\r\n+OK\r\n",
            "*1\r\n>3\r\n$7\r\nmessage\r\n$9\r\nsubscribe\r\n$9\r\nsubscribe\r\n:1\r\n",
            "*2\r\n>2\r\n$10\r\ninvalidate\r\n*1\r\n$9\r\nsubscribe\r\n:1\r\n+OK\r\n",
            "*2\r\n>1\r\n$8\r\nubscribx\r\n>3\r\n$10\r\nssubscribe\r\n$1\r\nc\r\n:1\r\n$9\r\nsubscribe\r\n",
        ]
    )
    func pushInTransaction(reply: String) throws {
        for piece in [1, 2, 3, 7, .max] {
            let result = try frames(bytes(reply + "+PONG\r\n"), piece: piece)
            #expect(result.frames == [bytes(reply), bytes("+PONG\r\n")])
        }
    }

    @Test("nesting costs nothing, however deep")
    func deep() throws {
        let reply = String(repeating: "*1\r\n", count: 100_000) + ":1\r\n"
        #expect(try frames(bytes(reply), piece: 1000).frames == [bytes(reply)])
    }

    @Test(
        "garbage is refused",
        arguments: [
            "*1099511627776\r\n*1099511627776\r\n", "%1099511627776\r\n", "x", "$x\r\n", "$1x\r\n", "$-2\r\n", "*\r\n",
            "$--1\r\n", "*99999999999999999999\r\n", "$1\rx", "\r\n",
        ]
    )
    func garbage(input: String) {
        #expect(throws: ReplyFramingError.self) { try frames(bytes(input)) }
        #expect(throws: ReplyFramingError.self) { try frames(bytes(input), piece: 1) }
    }

    @Test("random replies, cut at random places", arguments: 0..<8)
    func random(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var expected: [[UInt8]] = []
        for _ in 0..<300 {
            var buffer = ByteBuffer()
            buffer.writeValue(random.value(depth: 4), random.once(in: 2) ? .resp2 : .resp3)
            expected.append(Array(buffer.readableBytesView))
        }
        for piece in [1, 7, 1000, .max] {
            #expect(try frames(Array(expected.joined()), piece: piece).frames == expected)
        }
    }

    @Test("broken input neither crashes nor depends on the cuts", arguments: 0..<4)
    func fuzz(seed: UInt64) {
        var random = SplitMix64(seed: 50 + seed)
        let alphabet = bytes("+-:$*_,#(!=%~>|\r\n0123459a")
        for _ in 0..<5000 {
            let input = (0..<Int.random(in: 1...30, using: &random)).map { _ in random.pick(alphabet) }
            let whole = Result { try frames(input).frames }
            let drip = Result { try frames(input, piece: 1).frames }
            switch (whole, drip) {
            case (.success(let a), .success(let b)): #expect(a == b)
            case (.failure, .failure): break
            default: Issue.record("\(input): \(whole) in one piece, \(drip) byte by byte")
            }
        }
    }
}
