import LocalCache
import RESP

/// What is kept of a reply.
struct ReplyContent {
    let kind: CachedReply.Kind
    let bytes: UnsafeRawBufferPointer

    init(kind: CachedReply.Kind, bytes: UnsafeRawBufferPointer) {
        self.kind = kind
        self.bytes = bytes
    }

    /// The string in a bulk string's frame, or that there is none; nil for anything else.
    init?(string frame: UnsafeRawBufferPointer) {
        if frame.elementsEqual("$-1\r\n".utf8) || frame.elementsEqual("_\r\n".utf8) {
            self.init(kind: .missing, bytes: UnsafeRawBufferPointer(start: nil, count: 0))
            return
        }
        guard frame.first == UInt8(ascii: "$"), let end = frame.firstIndex(of: 10), end + 1 <= frame.count - 2 else {
            return nil
        }
        self.init(kind: .string, bytes: UnsafeRawBufferPointer(rebasing: frame[(end + 1)..<(frame.count - 2)]))
    }
}
