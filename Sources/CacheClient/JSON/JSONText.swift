import JSON

/// JSON as bytes: what is it, what is in it, and how to write some.
package enum JSONText {
    /// Whether `text` is one JSON value, with nothing but white space around it.
    package static func isValid(_ text: [UInt8]) -> Bool {
        read(text) { scanner throws(JSONError) in _ = try scanner.value() } != nil
    }

    /// The members of the object that `text` is, as they stand there; nil if it is no object.
    package static func members(of text: [UInt8]) -> [(key: CacheKey, value: [UInt8])]? {
        read(text) { scanner throws(JSONError) in
            var members: [(CacheKey, [UInt8])] = []
            try scanner.members { scanner, name throws(JSONError) in
                let key = try unescaped(Array(text[name]))
                members.append((key, Array(text[try scanner.value()])))
            }
            return members
        }
    }

    /// A string.
    package static func string(_ characters: some Sequence<UInt8>) -> [UInt8] {
        var text = [UInt8(ascii: "\"")]
        for byte in characters {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += [UInt8(ascii: "\\"), byte]
            case 0..<0x10: text += Array("\\u000\(String(byte, radix: 16))".utf8)
            case 0x10..<0x20: text += Array("\\u00\(String(byte, radix: 16))".utf8)
            default: text.append(byte)
            }
        }
        return text + [UInt8(ascii: "\"")]
    }

    /// An array of keys.
    static func array(_ keys: [CacheKey]) throws(CacheClientError) -> [UInt8] {
        var names: [[UInt8]] = []
        for key in keys { names.append(string(try key.askableBytes)) }
        return Array("[".utf8) + names.joined(separator: ",".utf8) + Array("]".utf8)
    }

    /// An object whose values are JSON texts.
    static func object(_ members: [CacheKey: [UInt8]]) throws(CacheClientError) -> [UInt8] {
        var texts: [[UInt8]] = []
        for (key, value) in members { texts.append(string(try key.askableBytes) + Array(":".utf8) + value) }
        return Array("{".utf8) + texts.joined(separator: ",".utf8) + Array("}".utf8)
    }

    /// What a string stands for.
    private static func unescaped(_ token: [UInt8]) throws(JSONError) -> CacheKey {
        guard token.contains(UInt8(ascii: "\\")) else { return CacheKey(bytes: Array(token.dropFirst().dropLast())) }
        guard let bytes = token.withUnsafeBytes({ JSONString.unescape($0) }) else {
            throw JSONError(problem: "there is half a surrogate pair in a name", position: 0)
        }
        return CacheKey(bytes: bytes)
    }

    /// What `body` reads of the whole text; nil if that is no JSON.
    private static func read<Result>(
        _ text: [UInt8],
        _ body: (inout JSONScanner) throws(JSONError) -> Result
    ) -> Result? {
        text.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            do {
                let result = try body(&scanner)
                try scanner.end()
                return result
            } catch {
                return nil
            }
        }
    }
}
