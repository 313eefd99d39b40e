extension UnsafeRawBufferPointer {
    /// Whether the reply that this is shows nothing of what a key holds: a null, a collection without elements, an
    /// error, or that the command is queued in a transaction.
    public var isEmptyReply: Bool {
        switch first {
        case UInt8(ascii: "_"), UInt8(ascii: "-"): true
        case UInt8(ascii: "$"): count > 1 && self[1] == UInt8(ascii: "-")
        case UInt8(ascii: "*"), UInt8(ascii: "%"), UInt8(ascii: "~"):
            count > 1 && (self[1] == UInt8(ascii: "-") || self[1] == UInt8(ascii: "0"))
        default: elementsEqual("+QUEUED\r\n".utf8)
        }
    }
}
