import NIOCore

/// The reply writer: RESP straight into a buffer, in the version that the client speaks.
///
/// Where RESP2 lacks a type it gets what Redis sends in its place: a map is a flat array, a set an array, a double or
/// a big number a bulk string, a boolean an integer, a verbatim string a plain one. Source: Redis 7.0 `networking.c`.
extension ByteBuffer {
    /// `+OK`
    @inlinable
    public mutating func writeOK() { writeStaticString("+OK\r\n") }

    /// A status, `+text`. `text` must have no line end in it.
    public mutating func writeSimpleString(_ text: StaticString) {
        writeStaticString("+")
        writeStaticString(text)
        writeStaticString("\r\n")
    }

    /// An error, `-text`; line ends in `text` become spaces.
    public mutating func writeError(_ text: String) { writeError(text.utf8) }

    /// An error of bytes that need not be UTF-8.
    public mutating func writeError(_ text: some Sequence<UInt8>) {
        writeStaticString("-")
        writeBytes(text.lazy.map { $0 == 13 || $0 == 10 ? 32 : $0 })
        writeStaticString("\r\n")
    }

    /// An integer, `:1`.
    @inlinable
    public mutating func writeIntegerReply(_ value: Int) { writeHeader(UInt8(ascii: ":"), value) }

    /// A bulk string, `$3`.
    @inlinable
    public mutating func writeBulkString(_ bytes: UnsafeRawBufferPointer) {
        let count = bytes.count
        writeWithUnsafeMutableBytes(minimumWritableBytes: count + 25) { target in
            let base = target.baseAddress.unsafelyUnwrapped
            base.storeBytes(of: UInt8(ascii: "$"), as: UInt8.self)
            var length = 1 + Decimal.write(count, to: base + 1)
            (base + length).storeBytes(of: 0x0A0D, as: UInt16.self)
            length += 2
            if let source = bytes.baseAddress { (base + length).copyMemory(from: source, byteCount: count) }
            length += count
            (base + length).storeBytes(of: 0x0A0D, as: UInt16.self)
            return length + 2
        }
    }

    /// A bulk string of a string's UTF-8.
    public mutating func writeBulkString(_ text: String) {
        var text = text
        text.withUTF8 { writeBulkString(UnsafeRawBufferPointer($0)) }
    }

    /// No value: `$-1` or `_`.
    @inlinable
    public mutating func writeNull(_ version: RESPVersion) {
        writeStaticString(version == .resp2 ? "$-1\r\n" : "_\r\n")
    }

    /// No array: `*-1` or `_`.
    public mutating func writeNullArray(_ version: RESPVersion) {
        writeStaticString(version == .resp2 ? "*-1\r\n" : "_\r\n")
    }

    /// The head of an array of `count` elements.
    @inlinable
    public mutating func writeArrayHeader(_ count: Int) { writeHeader(UInt8(ascii: "*"), count) }

    /// The head of a map of `count` pairs.
    @inlinable
    public mutating func writeMapHeader(_ count: Int, _ version: RESPVersion) {
        version == .resp2 ? writeHeader(UInt8(ascii: "*"), 2 * count) : writeHeader(UInt8(ascii: "%"), count)
    }

    /// The head of a set of `count` members.
    @inlinable
    public mutating func writeSetHeader(_ count: Int, _ version: RESPVersion) {
        writeHeader(version == .resp2 ? UInt8(ascii: "*") : UInt8(ascii: "~"), count)
    }

    /// The head of a push of `count` elements (an array in RESP2, as pub/sub messages are).
    public mutating func writePushHeader(_ count: Int, _ version: RESPVersion) {
        writeHeader(version == .resp2 ? UInt8(ascii: "*") : UInt8(ascii: ">"), count)
    }

    /// A double; RESP2 gets its text.
    public mutating func writeDouble(_ value: Double, _ version: RESPVersion) {
        let text = Self.text(of: value)
        guard version == .resp3 else { return writeBulkString(text) }
        writeStaticString(",")
        writeString(text)
        writeStaticString("\r\n")
    }

    /// A boolean; RESP2 gets 1 or 0.
    public mutating func writeBoolean(_ value: Bool, _ version: RESPVersion) {
        guard version == .resp3 else { return writeIntegerReply(value ? 1 : 0) }
        writeStaticString(value ? "#t\r\n" : "#f\r\n")
    }

    /// A big number, given as decimal digits.
    public mutating func writeBigNumber(_ digits: String, _ version: RESPVersion) {
        guard version == .resp3 else { return writeBulkString(digits) }
        writeStaticString("(")
        writeString(digits)
        writeStaticString("\r\n")
    }

    /// A verbatim string of `format` (three letters); RESP2 gets the plain bytes.
    public mutating func writeVerbatimString(
        _ bytes: UnsafeRawBufferPointer,
        format: String = "txt",
        _ version: RESPVersion
    ) {
        guard version == .resp3 else { return writeBulkString(bytes) }
        writeHeader(UInt8(ascii: "="), bytes.count + 4)
        writeString(format)
        writeStaticString(":")
        writeBytes(bytes)
        writeStaticString("\r\n")
    }

    /// A kind byte, a number and a line end.
    @inlinable
    public mutating func writeHeader(_ kind: UInt8, _ number: Int) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: 24) { target in
            let base = target.baseAddress.unsafelyUnwrapped
            base.storeBytes(of: kind, as: UInt8.self)
            let length = 1 + Decimal.write(number, to: base + 1)
            (base + length).storeBytes(of: 0x0A0D, as: UInt16.self)
            return length + 2
        }
    }

    /// The shortest text that reads back as `value`, integers without a fraction, infinities as Redis spells them.
    static func text(of value: Double) -> String {
        if value.isNaN { return "nan" }
        if value.isInfinite { return value < 0 ? "-inf" : "inf" }
        if value == value.rounded(), abs(value) < 1e17 { return String(Int(value)) }
        return "\(value)"
    }
}
