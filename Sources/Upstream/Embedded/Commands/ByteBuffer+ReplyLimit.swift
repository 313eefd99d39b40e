import NIOCore
import RESP

/// A reply is made whole before it leaves, so it can't be as large as one that Redis streams out of its values.
extension ByteBuffer {
    /// Larger than this no reply of the store becomes, but for its last element.
    private static let largestReply = 1 << 30

    /// Whether an element more may be written.
    @inline(__always)
    var hasRoomInReply: Bool { readableBytes <= Self.largestReply }

    /// Throws unless an element more may be written.
    @inline(__always)
    func checkRoomInReply() throws(CommandError) {
        guard hasRoomInReply else { throw .replyTooLarge }
    }
}
