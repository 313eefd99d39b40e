/// What makes a server's bytes unreadable: the other end doesn't speak RESP, or the stream is out of step.
public enum ReplyFramingError: Error, Equatable {
    /// A reply starts with a byte that starts none.
    case unknownKind(UInt8)
    /// A length isn't a number, or is beyond anything that can be meant.
    case malformedLength

    /// What happened, as part of a sentence.
    public var message: String {
        switch self {
        case .unknownKind(let byte): "a reply started with the byte 0x\(String(byte, radix: 16))"
        case .malformedLength: "a reply had a malformed length"
        }
    }
}
