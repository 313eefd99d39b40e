import NIOCore
import RESP

/// Cuts what comes out of a session into whole replies.
struct ReplyAssembler {
    private var framer = ReplyFramer()
    private var partial = ByteBuffer()
    private var scanned = 0

    /// How many bytes of a reply are waiting for the rest.
    var waitingBytes: Int { partial.readableBytes }

    /// Takes the next bytes and hands on each reply that is whole with them.
    ///
    /// - Throws: when a reply isn't RESP, or longer than `longest` bytes.
    mutating func take(
        _ bytes: ByteBuffer,
        longest: Int,
        _ handOn: (UnsafeRawBufferPointer) -> Void
    ) throws(ReplyFramingError) -> Bool {
        var bytes = bytes
        if partial.readableBytes > 0 {
            partial.writeBuffer(&bytes)
            var whole = ByteBuffer()
            swap(&whole, &partial)
            try cut(&whole, handOn)
            swap(&whole, &partial)
            if partial.readableBytes == 0 { partial = ByteBuffer() } else { partial.discardReadBytes() }
        } else {
            try cut(&bytes, handOn)
            if bytes.readableBytes > 0 { partial.writeBuffer(&bytes) }
        }
        return partial.readableBytes <= longest
    }

    private mutating func cut(
        _ buffer: inout ByteBuffer,
        _ handOn: (UnsafeRawBufferPointer) -> Void
    ) throws(ReplyFramingError) {
        var cut = 0
        var failure: ReplyFramingError?
        buffer.withUnsafeReadableBytes { bytes in
            do throws(ReplyFramingError) {
                while cut < bytes.count {
                    guard let end = try framer.endOfFrame(in: bytes, from: cut + scanned) else { break }
                    scanned = 0
                    handOn(UnsafeRawBufferPointer(rebasing: bytes[cut..<end]))
                    cut = end
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        scanned = buffer.readableBytes - cut
        buffer.moveReaderIndex(forwardBy: cut)
    }
}
