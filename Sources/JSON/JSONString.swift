/// What the strings of a JSON text mean.
package enum JSONString {
    /// The bytes that a string stands for, in UTF-8; nil if it has half a surrogate pair, which UTF-8 can't say.
    ///
    /// - Parameter token: a string that ``JSONScanner`` has read over, with its quotation marks.
    package static func unescape(_ token: UnsafeRawBufferPointer) -> [UInt8]? {
        let text = UnsafeRawBufferPointer(rebasing: token[1..<(token.count - 1)])
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let byte = text[position]
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                position += 1
                continue
            }
            let letter = text[position + 1]
            position += 2
            guard letter == UInt8(ascii: "u") else {
                bytes.append(plain(letter))
                continue
            }
            var code = unit(text, position)
            position += 4
            if 0xD800..<0xDC00 ~= code {
                guard position + 6 <= text.count, text[position] == UInt8(ascii: "\\"),
                    text[position + 1] == UInt8(ascii: "u")
                else { return nil }
                let low = unit(text, position + 2)
                guard 0xDC00..<0xE000 ~= low else { return nil }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
                position += 6
            }
            guard let scalar = Unicode.Scalar(code) else { return nil }
            bytes.append(contentsOf: UTF8.encode(scalar).unsafelyUnwrapped)
        }
        return bytes
    }

    private static func plain(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: letter
        }
    }

    /// The four digits at `position`.
    private static func unit(_ text: UnsafeRawBufferPointer, _ position: Int) -> UInt32 {
        text[position..<(position + 4)].reduce(0) { $0 << 4 | UInt32(HexDigit.value($1).unsafelyUnwrapped) }
    }
}
