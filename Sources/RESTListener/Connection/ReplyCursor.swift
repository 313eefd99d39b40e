import RESP

/// Goes through a whole RESP2 reply, in place.
struct ReplyCursor {
    /// What a reply is made of.
    enum Element {
        case status(UnsafeRawBufferPointer)
        case error(UnsafeRawBufferPointer)
        case integer(UnsafeRawBufferPointer)
        case string(UnsafeRawBufferPointer)
        case null
        /// As many elements follow.
        case array(Int)
    }

    private let reply: UnsafeRawBufferPointer
    private var position = 0

    /// At the beginning of `reply`, whose end ``RESP/ReplyFramer`` has found.
    init(_ reply: UnsafeRawBufferPointer) { self.reply = reply }

    /// The next element.
    mutating func next() -> Element {
        guard position < reply.count, let end = reply[position...].firstIndex(of: 13) else { return .null }
        let line = UnsafeRawBufferPointer(rebasing: reply[(position + 1)..<end])
        let kind = reply[position]
        position = end + 2
        switch kind {
        case UInt8(ascii: "+"): return .status(line)
        case UInt8(ascii: "-"): return .error(line)
        case UInt8(ascii: ":"): return .integer(line)
        case UInt8(ascii: "$"):
            guard let length = Decimal.parse(line), length >= 0, position + length + 2 <= reply.count else {
                return .null
            }
            defer { position += length + 2 }
            return .string(UnsafeRawBufferPointer(rebasing: reply[position..<(position + length)]))
        case UInt8(ascii: "*"):
            guard let count = Decimal.parse(line), count >= 0 else { return .null }
            return .array(count)
        default: return .null
        }
    }
}
