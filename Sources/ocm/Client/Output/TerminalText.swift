/// Makes bytes that anybody may have stored fit for a terminal, which takes some for commands.
enum TerminalText {
    /// The bytes as text in one line: control characters and what isn't UTF-8 as `\xNN`.
    static func line(_ bytes: [UInt8]) -> String { visible(bytes, allowing: []) }

    /// The same with newlines and tabulators left as they are.
    static func lines(_ bytes: [UInt8]) -> String { visible(bytes, allowing: ["\n", "\t"]) }

    private static func visible(_ bytes: [UInt8], allowing allowed: Set<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        var rest = bytes[...]
        while !rest.isEmpty {
            var iterator = rest.makeIterator()
            var decoder = UTF8()
            guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
                text.append(contentsOf: escape(rest.removeFirst()).unicodeScalars)
                continue
            }
            let encoded = rest.prefix(UTF8.width(scalar))
            rest = rest.dropFirst(encoded.count)
            if scalar.properties.generalCategory == .control, !allowed.contains(scalar) {
                for byte in encoded { text.append(contentsOf: escape(byte).unicodeScalars) }
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }

    private static func escape(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return "\\x" + (digits.count == 1 ? "0" : "") + digits
    }

    /// How many columns a terminal takes for `text`: two for most characters of East Asia and pictures, one for others.
    static func width(_ text: some StringProtocol) -> Int { text.reduce(0) { $0 + width($1) } }

    /// The beginning of `text` that fits into so many columns, with an ellipsis if that isn't all of it.
    static func fitted(_ text: String, _ columns: Int) -> String {
        guard width(text) > columns else { return text }
        var result = ""
        var used = 1
        for character in text {
            used += width(character)
            guard used <= columns else { break }
            result.append(character)
        }
        return columns > 0 ? result + "…" : ""
    }

    /// `text` and as many spaces as it takes to fill so many columns.
    static func padded(_ text: String, _ columns: Int) -> String {
        text + String(repeating: " ", count: max(0, columns - width(text)))
    }

    private static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1FAFF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
