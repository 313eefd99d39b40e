/// A command typed as a line, split the way Redis splits it and rewritten as multibulk bytes.
///
/// `"…"` knows `\xHH`, `\n`, `\r`, `\t`, `\b`, `\a` and `\` before any other byte; `'…'` knows only `\'`; a closing
/// quote must be followed by a space or the line's end. Source: Redis 7.0 `sds.c`, `sdssplitargs`.
struct InlineCommand {
    /// The command as multibulk bytes.
    private(set) var frame: [UInt8] = []
    /// Where its arguments stand in ``frame``.
    private(set) var arguments: [ArgumentRange] = []

    /// Nil when a quote is left open or is followed by something that isn't a space.
    init?(_ line: UnsafeRawBufferPointer) {
        var words: [[UInt8]] = []
        var index = 0
        while true {
            while index < line.count, Self.isSpace(line[index]) { index += 1 }
            if index == line.count { break }
            guard let word = Self.word(in: line, at: &index) else { return nil }
            words.append(word)
        }
        frame.append(contentsOf: "*\(words.count)\r\n".utf8)
        for word in words {
            frame.append(contentsOf: "$\(word.count)\r\n".utf8)
            arguments.append(ArgumentRange(offset: frame.count, length: word.count))
            frame.append(contentsOf: word)
            frame.append(contentsOf: "\r\n".utf8)
        }
    }

    private static func word(in line: UnsafeRawBufferPointer, at index: inout Int) -> [UInt8]? {
        var word: [UInt8] = []
        while index < line.count {
            switch line[index] {
            case UInt8(ascii: "\""):
                guard doubleQuoted(in: line, at: &index, into: &word) else { return nil }
                return word
            case UInt8(ascii: "'"):
                guard singleQuoted(in: line, at: &index, into: &word) else { return nil }
                return word
            // An unquoted NUL ends the word and the line, because Redis's splitter works on C strings.
            case 0:
                index = line.count
                return word
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
                // Not all of those that may stand before a word end one.
                return word
            case let byte:
                word.append(byte)
                index += 1
            }
        }
        return word
    }

    private static func doubleQuoted(
        in line: UnsafeRawBufferPointer,
        at index: inout Int,
        into word: inout [UInt8]
    ) -> Bool {
        index += 1
        while index < line.count {
            let byte = line[index]
            if byte == UInt8(ascii: "\\"), index + 3 < line.count, line[index + 1] == UInt8(ascii: "x"),
                let high = hexDigit(line[index + 2]), let low = hexDigit(line[index + 3])
            {
                word.append(high << 4 | low)
                index += 4
            } else if byte == UInt8(ascii: "\\"), index + 1 < line.count {
                word.append(unescaped(line[index + 1]))
                index += 2
            } else if byte == UInt8(ascii: "\"") {
                index += 1
                return index == line.count || isSpace(line[index])
            } else {
                word.append(byte)
                index += 1
            }
        }
        return false
    }

    private static func singleQuoted(
        in line: UnsafeRawBufferPointer,
        at index: inout Int,
        into word: inout [UInt8]
    ) -> Bool {
        index += 1
        while index < line.count {
            let byte = line[index]
            if byte == UInt8(ascii: "\\"), index + 1 < line.count, line[index + 1] == UInt8(ascii: "'") {
                word.append(UInt8(ascii: "'"))
                index += 2
            } else if byte == UInt8(ascii: "'") {
                index += 1
                return index == line.count || isSpace(line[index])
            } else {
                word.append(byte)
                index += 1
            }
        }
        return false
    }

    private static func unescaped(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "r"): 13
        case UInt8(ascii: "t"): 9
        case UInt8(ascii: "b"): 8
        case UInt8(ascii: "a"): 7
        default: byte
        }
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
        default: nil
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
