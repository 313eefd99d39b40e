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
        guard frame.count > 2 else { return nil }
        // `$-1` in RESP2, `_` in RESP3.
        if frame[0] == UInt8(ascii: "_") || frame[1] == UInt8(ascii: "-") && frame[0] == UInt8(ascii: "$") {
            self.init(kind: .missing, bytes: UnsafeRawBufferPointer(start: nil, count: 0))
            return
        }
        guard frame[0] == UInt8(ascii: "$"), let end = frame.firstIndex(of: 10), end + 1 <= frame.count - 2 else {
            return nil
        }
        self.init(kind: .string, bytes: UnsafeRawBufferPointer(rebasing: frame[(end + 1)..<(frame.count - 2)]))
    }
}
