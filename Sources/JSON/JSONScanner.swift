/// # JSON in place
///
/// Values that clients store are kept byte for byte as they were sent, and what is stored is shown as JSON exactly if
/// it is JSON. So texts are never decoded into values and encoded again, which would change numbers, the order of
/// members and repeated names; they are read over, by RFC 8259 to the letter, and cut out of where they stand. A parser
/// that hands out decoded values can't give that back.
///
/// Nesting is bounded, and what lies deeper is an error like any other: a body of brackets costs a client what it costs
/// to send, and us no stack. The bound counts for what is stored, too, so that what is taken for JSON when it comes is
/// taken for JSON when it leaves.
package struct JSONScanner {
    /// How deep the arrays and objects of a value may be nested.
    package static let deepest = 512

    private let text: UnsafeRawBufferPointer
    /// The byte that is read next, from 0.
    package private(set) var position = 0
    private var depth: Int

    /// At the beginning of `text`, in which the values stand `levels` deep: so much deeper may it be nested itself.
    package init(_ text: UnsafeRawBufferPointer, wrapping levels: Int = 0) {
        self.text = text
        depth = -levels
    }

    /// Whether `text` is one JSON value, with nothing but white space around it.
    package static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        var scanner = JSONScanner(text)
        do throws(JSONError) {
            _ = try scanner.value()
            try scanner.end()
            return true
        } catch {
            return false
        }
    }

    /// The next byte that isn't white space, which stays the next one; 0 at the end.
    package mutating func peek() -> UInt8 {
        skipSpace()
        return position < text.count ? text[position] : 0
    }

    /// Reads over the next value: where it stands.
    package mutating func value() throws(JSONError) -> Range<Int> {
        skipSpace()
        let start = position
        guard position < text.count else { throw error("the text ends where a value should be") }
        switch text[position] {
        case UInt8(ascii: "{"):
            try members { scanner, _ throws(JSONError) in _ = try scanner.value() }
        case UInt8(ascii: "["):
            try elements { scanner throws(JSONError) in _ = try scanner.value() }
        case UInt8(ascii: "\""): try skipString()
        case UInt8(ascii: "t"): try skip("true")
        case UInt8(ascii: "f"): try skip("false")
        case UInt8(ascii: "n"): try skip("null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try skipNumber()
        default: throw error("there is no value")
        }
        return start..<position
    }

    /// Reads an object; `member` is given where each name stands, and reads the member's value.
    package mutating func members(
        _ member: (inout JSONScanner, Range<Int>) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open("{", "an object")
        if try closes("}") { return }
        while true {
            guard peek() == UInt8(ascii: "\"") else { throw error("there is no member's name") }
            let name = position
            try skipString()
            let end = position
            try take(":")
            try member(&self, name..<end)
            if try closes("}") { return }
            try take(",")
        }
    }

    /// Reads an array; `element` reads each of its values.
    package mutating func elements(_ element: (inout JSONScanner) throws(JSONError) -> Void) throws(JSONError) {
        try open("[", "an array")
        if try closes("]") { return }
        while true {
            try element(&self)
            if try closes("]") { return }
            try take(",")
        }
    }

    /// Sees that nothing but white space is left.
    package mutating func end() throws(JSONError) {
        skipSpace()
        guard position == text.count else { throw error("there is something behind the value") }
    }

    /// An error at the present position.
    package func error(_ problem: String) -> JSONError { JSONError(problem: problem, position: position) }

    // MARK: Punctuation

    private mutating func open(_ bracket: Unicode.Scalar, _ what: StaticString) throws(JSONError) {
        guard peek() == UInt8(ascii: bracket) else { throw error("there is no \(what) where one should be") }
        guard depth < Self.deepest else { throw error("arrays and objects are nested deeper than \(Self.deepest)") }
        depth += 1
        position += 1
    }

    private mutating func closes(_ bracket: Unicode.Scalar) throws(JSONError) -> Bool {
        guard peek() == UInt8(ascii: bracket) else { return false }
        depth -= 1
        position += 1
        return true
    }

    private mutating func take(_ sign: Unicode.Scalar) throws(JSONError) {
        guard peek() == UInt8(ascii: sign) else { throw error("there is no '\(sign)'") }
        position += 1
    }

    @inline(__always)
    private mutating func skipSpace() {
        while position < text.count {
            switch text[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func skip(_ word: StaticString) throws(JSONError) {
        let end = position + word.utf8CodeUnitCount
        guard end <= text.count,
            text[position..<end].elementsEqual(
                UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
            )
        else { throw error("there is no value") }
        position = end
    }

    // MARK: Numbers

    private mutating func skipNumber() throws(JSONError) {
        if text[position] == UInt8(ascii: "-") { position += 1 }
        if position < text.count, text[position] == UInt8(ascii: "0") { position += 1 } else { try skipDigits() }
        if position < text.count, text[position] == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if position < text.count, text[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < text.count, text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") {
                position += 1
            }
            try skipDigits()
        }
    }

    private mutating func skipDigits() throws(JSONError) {
        let start = position
        while position < text.count, text[position] &- 48 <= 9 { position += 1 }
        guard position > start else { throw error("a number lacks a digit") }
    }

    // MARK: Strings

    private mutating func skipString() throws(JSONError) {
        position += 1
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"): try skipEscape()
            case 0..<0x20: throw error("there is a control character in a string")
            case 0x20..<0x80: position += 1
            default:
                guard let length = UTF8Sequence.length(in: text, at: position) else {
                    throw error("a string isn't UTF-8")
                }
                position += length
            }
        }
        throw error("a string doesn't end")
    }

    private mutating func skipEscape() throws(JSONError) {
        guard position + 1 < text.count else { throw error("a string doesn't end") }
        switch text[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard position + 6 <= text.count,
                text[(position + 2)..<(position + 6)].allSatisfy({ HexDigit.value($0) != nil })
            else { throw error("there is no such escape") }
            position += 6
        default: throw error("there is no such escape")
        }
    }
}
