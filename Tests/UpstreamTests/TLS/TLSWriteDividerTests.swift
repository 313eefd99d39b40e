import NIOCore
import NIOEmbedded
import Testing

@testable import Upstream

@Suite("Large writes over TLS")
struct TLSWriteDividerTests {
    @Test(
        "they are divided, and nothing of them is lost",
        arguments: [0, 1, 256 << 10, 256 << 10 + 1, 1 << 20, 1_000_003]
    )
    func division(size: Int) throws {
        let channel = EmbeddedChannel(handler: TLSWriteDivider())
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try channel.writeOutbound(ByteBuffer(bytes: bytes))
        var written: [UInt8] = []
        while let part = try channel.readOutbound(as: ByteBuffer.self) {
            #expect(part.readableBytes <= TLSWriteDivider.largestPart)
            written += part.readableBytesView
        }
        #expect(written == bytes)
    }
}
