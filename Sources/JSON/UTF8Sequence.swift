/// Encoded characters, by the table of well-formed sequences in the Unicode Standard (3-7).
package enum UTF8Sequence {
    /// How long the character is that starts at `position`; nil if no well-formed one does.
    @inline(__always)
    package static func length(in text: UnsafeRawBufferPointer, at position: Int) -> Int? {
        let first = text[position]
        func follows(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
            position + offset < text.count && range.contains(text[position + offset])
        }
        switch first {
        case 0..<0x80: return 1
        case 0xC2...0xDF: return follows(1) ? 2 : nil
        case 0xE0: return follows(1, 0xA0...0xBF) && follows(2) ? 3 : nil
        case 0xED: return follows(1, 0x80...0x9F) && follows(2) ? 3 : nil
        case 0xE1...0xEF: return follows(1) && follows(2) ? 3 : nil
        case 0xF0: return follows(1, 0x90...0xBF) && follows(2) && follows(3) ? 4 : nil
        case 0xF1...0xF3: return follows(1) && follows(2) && follows(3) ? 4 : nil
        case 0xF4: return follows(1, 0x80...0x8F) && follows(2) && follows(3) ? 4 : nil
        default: return nil
        }
    }

    /// Whether all of `text` is UTF-8.
    package static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while position < text.count {
            if text[position] < 0x80 {
                position += 1
            } else {
                guard let length = length(in: text, at: position) else { return false }
                position += length
            }
        }
        return true
    }
}
