import NIOCore
import NIOPosix
import ValueCompression

/// Compresses the bodies of responses.
enum BodyCompressor {
    /// Larger bodies are compressed on another thread: a megabyte takes ten milliseconds, in which nobody else on the
    /// loop would be served.
    static let largestOnLoop = 32 << 10
    /// Fast rather than small: what a client waits for is both.
    private static let level = 3

    /// `body` in `coding`.
    static func compress(_ body: ByteBuffer, _ coding: ContentCoding) -> ByteBuffer {
        let deflater = Deflater(level: level, format: coding.format)
        var compressed = ByteBuffer()
        body.withUnsafeReadableBytes { plain in
            _ = compressed.writeWithUnsafeMutableBytes(minimumWritableBytes: deflater.bound(plain.count)) { target in
                deflater.deflate(plain, into: target) ?? 0
            }
        }
        return compressed
    }

    /// The same on another thread.
    static func compress(
        _ body: ByteBuffer,
        _ coding: ContentCoding,
        on eventLoop: any EventLoop
    ) -> EventLoopFuture<ByteBuffer> {
        NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) { compress(body, coding) }
    }
}
