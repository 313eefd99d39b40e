/// What makes a request unreadable. The connection can't go on after it, because the next frame can't be found.
public enum RequestError: Error, Equatable {
    /// The `*` line isn't a number, or is above what an `Int32` holds.
    case invalidMultibulkLength
    /// A `$` line isn't a number, is negative, or is above ``RequestLimits/bulkLength``.
    case invalidBulkLength
    /// Something else stands where a `$` line should.
    case expectedBulk(got: UInt8)
    /// The `*` line doesn't end.
    case multibulkLineTooLong
    /// A `$` line doesn't end.
    case bulkLineTooLong
    /// An inline command doesn't end.
    case inlineTooLong
    /// An inline command opens a quote that it doesn't close.
    case unbalancedQuotes
    /// Many arguments before the client has authenticated.
    case unauthenticatedMultibulkLength
    /// A long argument before the client has authenticated.
    case unauthenticatedBulkLength
    /// More than ``RequestLimits/frameLength`` in one command. Redis closes the connection without a word.
    case frameTooLong

    /// Whether it is none for a client that has authenticated.
    public var isForStrangers: Bool { self == .unauthenticatedMultibulkLength || self == .unauthenticatedBulkLength }

    /// The error line's text after `-ERR `, in Redis's words; nil where Redis says nothing.
    public var message: String? {
        switch self {
        case .invalidMultibulkLength: "Protocol error: invalid multibulk length"
        case .invalidBulkLength: "Protocol error: invalid bulk length"
        case .expectedBulk(let byte): "Protocol error: expected '$', got '\(Self.printable(byte))'"
        case .multibulkLineTooLong: "Protocol error: too big mbulk count string"
        case .bulkLineTooLong: "Protocol error: too big bulk count string"
        case .inlineTooLong: "Protocol error: too big inline request"
        case .unbalancedQuotes: "Protocol error: unbalanced quotes in request"
        case .unauthenticatedMultibulkLength: "Protocol error: unauthenticated multibulk length"
        case .unauthenticatedBulkLength: "Protocol error: unauthenticated bulk length"
        case .frameTooLong: nil
        }
    }

    /// Line ends become spaces, as Redis does it to keep its error on one line.
    private static func printable(_ byte: UInt8) -> Character {
        byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n") ? " " : Character(Unicode.Scalar(byte))
    }
}
