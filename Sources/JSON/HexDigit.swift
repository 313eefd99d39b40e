/// Hexadecimal digits, as JSON's and URLs' escapes have them.
package enum HexDigit {
    /// What a digit stands for; nil if it is none.
    @inline(__always)
    package static func value(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - 55
        default: nil
        }
    }

    /// The digit for a number below 16, in lower case.
    @inline(__always)
    package static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 48 + value : 87 + value }
}
