import NIOCore
import RESP
import TestSupport
import Testing
import Upstream

@Suite("Typed replies")
struct HiredisReplyDecoderTests {
    @Test("every kind, byte by byte")
    func kinds() throws {
        let replies: [RESPValue] = [
            .simpleString("OK"), .error("ERR no"), .integer(-7), .bulkString([0, 13, 10, 255]), .null,
            .array([.integer(1), .array([]), .bulkString([])]),
        ]
        let decoder = HiredisReplyDecoder()
        var decoded: [RESPValue] = []
        for reply in replies {
            var buffer = ByteBuffer()
            buffer.writeValue(reply, .resp2)
            for byte in buffer.readableBytesView {
                withUnsafeBytes(of: byte) { decoder.feed($0) }
                while let value = try decoder.next() { decoded.append(value) }
            }
        }
        #expect(decoded == replies)
    }

    @Test("what isn't a reply is an error")
    func garbage() {
        let decoder = HiredisReplyDecoder()
        Array("x\r\n".utf8).withUnsafeBytes { decoder.feed($0) }
        #expect(throws: HiredisReplyDecoder.DecodingError.self) { try decoder.next() }
    }
}
