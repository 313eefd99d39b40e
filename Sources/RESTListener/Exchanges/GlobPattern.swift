/// Patterns of Redis's `MATCH`.
enum GlobPattern {
    /// The pattern for names that match `pattern` behind `prefix`: as a glob if there are glob characters in it, else
    /// as the beginning of a name.
    static func of(prefix: [UInt8], pattern: [UInt8]) -> [UInt8] {
        escape(prefix) + (pattern.contains(where: isSpecial) ? pattern : pattern + [UInt8(ascii: "*")])
    }

    private static func escape(_ text: [UInt8]) -> [UInt8] {
        text.flatMap { isSpecial($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
    }

    /// Whether a byte means something else than itself wherever it stands. A closing bracket does only behind an
    /// opening one.
    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "\\"): true
        default: false
        }
    }
}
