/// A reply as a value: every type of RESP2 and RESP3.
///
/// For replies that are read rather than passed on. What passes through stays bytes.
public indirect enum RESPValue: Equatable, Sendable {
    /// `+OK`: a status.
    case simpleString(String)
    /// `-ERR …`: an error, without the `-`.
    case error(String)
    /// `:1`
    case integer(Int)
    /// `$3`: bytes.
    case bulkString([UInt8])
    /// `*2`
    case array([RESPValue])
    /// `_` in RESP3, `$-1` in RESP2.
    case null
    /// `,3.14`
    case double(Double)
    /// `#t`
    case boolean(Bool)
    /// `(123…`: decimal digits.
    case bigNumber(String)
    /// `=`: bytes and the three letters that say what they are (`txt`, `mkd`).
    case verbatimString(format: String, [UInt8])
    /// `%2`, in the order sent.
    case map([(key: RESPValue, value: RESPValue)])
    /// `~2`, in the order sent.
    case set([RESPValue])
    /// `>2`: out of band.
    case push([RESPValue])
    /// `|1`: what the server says about the value behind it.
    case attribute([(key: RESPValue, value: RESPValue)], RESPValue)

    /// The text of a status or a string, if it is one and is UTF-8.
    public var text: String? {
        switch self {
        case .simpleString(let text), .bigNumber(let text): text
        case .bulkString(let bytes), .verbatimString(_, let bytes): String(validating: bytes, as: UTF8.self)
        default: nil
        }
    }

    /// The bytes of a string.
    public var bytes: [UInt8]? {
        switch self {
        case .bulkString(let bytes), .verbatimString(_, let bytes): bytes
        default: nil
        }
    }

    /// The elements of an array, a set or a push.
    public var elements: [RESPValue]? {
        switch self {
        case .array(let elements), .set(let elements), .push(let elements): elements
        default: nil
        }
    }

    /// Equal type for type; a double equals itself even when it isn't a number.
    public static func == (left: RESPValue, right: RESPValue) -> Bool {
        switch (left, right) {
        case (.simpleString(let a), .simpleString(let b)): a == b
        case (.error(let a), .error(let b)): a == b
        case (.integer(let a), .integer(let b)): a == b
        case (.bulkString(let a), .bulkString(let b)): a == b
        case (.array(let a), .array(let b)), (.set(let a), .set(let b)), (.push(let a), .push(let b)): a == b
        case (.null, .null): true
        case (.double(let a), .double(let b)): a == b || (a.isNaN && b.isNaN)
        case (.boolean(let a), .boolean(let b)): a == b
        case (.bigNumber(let a), .bigNumber(let b)): a == b
        case (.verbatimString(let f, let a), .verbatimString(let g, let b)): f == g && a == b
        case (.map(let a), .map(let b)): pairsEqual(a, b)
        case (.attribute(let a, let x), .attribute(let b, let y)): pairsEqual(a, b) && x == y
        default: false
        }
    }

    private static func pairsEqual(
        _ left: [(key: RESPValue, value: RESPValue)],
        _ right: [(key: RESPValue, value: RESPValue)]
    ) -> Bool {
        left.count == right.count && zip(left, right).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    }
}
