/// Reads over JSON texts, by RFC 8259 to the letter, without decoding them: values are cut out of where they stand.
struct JSONScanner {
    /// Why a text isn't JSON.
    struct Malformed: Error {}

    /// How deep arrays and objects may be nested; what lies deeper is no JSON to the server, either.
    private static let deepest = 512

    private let text: UnsafeRawBufferPointer
    private(set) var position = 0
    private var depth = 0

    init(_ text: UnsafeRawBufferPointer) { self.text = text }

    /// Reads over the next value, with the white space around it: where it stands.
    mutating func value() throws(Malformed) -> Range<Int> {
        skipSpace()
        let start = position
        switch peek() {
        case UInt8(ascii: "{"): try members { scanner, _ throws(Malformed) in _ = try scanner.value() }
        case UInt8(ascii: "["): try elements { scanner throws(Malformed) in _ = try scanner.value() }
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "t"): try skip("true")
        case UInt8(ascii: "f"): try skip("false")
        case UInt8(ascii: "n"): try skip("null")
        default: try skipNumber()
        }
        let end = position
        skipSpace()
        return start..<end
    }

    /// Reads an object; `member` is given where each name stands, and reads the member's value.
    mutating func members(
        _ member: (inout JSONScanner, Range<Int>) throws(Malformed) -> Void
    ) throws(Malformed) {
        try list("{", "}") { scanner throws(Malformed) in
            scanner.skipSpace()
            let start = scanner.position
            try scanner.skipString()
            let end = scanner.position
            scanner.skipSpace()
            try scanner.take(":")
            try member(&scanner, start..<end)
        }
    }

    private mutating func elements(_ element: (inout JSONScanner) throws(Malformed) -> Void) throws(Malformed) {
        try list("[", "]", element)
    }

    /// Sees that nothing but white space is left.
    mutating func end() throws(Malformed) {
        skipSpace()
        guard position == text.count else { throw Malformed() }
    }

    // MARK: Punctuation

    /// What stands between two brackets, with commas in between.
    private mutating func list(
        _ open: Unicode.Scalar,
        _ close: Unicode.Scalar,
        _ item: (inout JSONScanner) throws(Malformed) -> Void
    ) throws(Malformed) {
        skipSpace()
        try take(open)
        guard depth < Self.deepest else { throw Malformed() }
        depth += 1
        skipSpace()
        if peek() != UInt8(ascii: close) {
            try item(&self)
            while peek() == UInt8(ascii: ",") {
                position += 1
                try item(&self)
            }
        }
        try take(close)
        depth -= 1
    }

    /// The next byte; 0, which no JSON has, at the end.
    private func peek() -> UInt8 { position < text.count ? text[position] : 0 }

    private mutating func take(_ sign: Unicode.Scalar) throws(Malformed) {
        guard peek() == UInt8(ascii: sign) else { throw Malformed() }
        position += 1
    }

    private mutating func skip(_ word: StaticString) throws(Malformed) {
        let end = position + word.utf8CodeUnitCount
        guard end <= text.count, word.withUTF8Buffer({ text[position..<end].elementsEqual($0) }) else {
            throw Malformed()
        }
        position = end
    }

    private mutating func skipSpace() {
        while [0x20, 0x09, 0x0A, 0x0D].contains(peek()) { position += 1 }
    }

    // MARK: Numbers and strings

    private mutating func skipNumber() throws(Malformed) {
        if peek() == UInt8(ascii: "-") { position += 1 }
        if peek() == UInt8(ascii: "0") { position += 1 } else { try skipDigits() }
        if peek() == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if peek() | 0x20 == UInt8(ascii: "e") {
            position += 1
            if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(Malformed) {
        let start = position
        while peek() &- 48 <= 9 { position += 1 }
        guard position > start else { throw Malformed() }
    }

    private mutating func skipString() throws(Malformed) {
        try take("\"")
        let start = position
        while peek() != UInt8(ascii: "\"") {
            guard peek() >= 0x20 else { throw Malformed() }
            if peek() == UInt8(ascii: "\\") { try skipEscape() } else { position += 1 }
        }
        let characters = UnsafeRawBufferPointer(rebasing: text[start..<position])
        guard String(validating: characters, as: UTF8.self) != nil else { throw Malformed() }
        position += 1
    }

    private mutating func skipEscape() throws(Malformed) {
        position += 1
        switch peek() {
        case UInt8(ascii: "u"):
            let digits = text[(position + 1)...].prefix(4)
            guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else {
                throw Malformed()
            }
            position += 5
        case let letter where "\"\\/bfnrt".utf8.contains(letter): position += 1
        default: throw Malformed()
        }
    }
}
