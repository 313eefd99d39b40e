/// The value of a `Host` header.
struct HostName {
    /// Whether it is a name that a stranger can have in the DNS.
    let mayBeForeign: Bool

    /// Nil if it isn't a name or an address with, perhaps, a port.
    init?(_ text: String) {
        var text = text
        var length = 0
        var hasPort = false
        var isNumeric = true
        var dots = 0
        let isValid = text.withUTF8 { bytes -> Bool in
            if bytes.first == UInt8(ascii: "[") {
                guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
                length = end + 1
                return bytes[1..<end].allSatisfy { HostName.isOfAddress($0) } && HostName.isPort(bytes[length...])
            }
            for byte in bytes {
                guard byte != UInt8(ascii: ":") else {
                    hasPort = true
                    break
                }
                guard HostName.isOfName(byte) else { return false }
                if byte == UInt8(ascii: ".") { dots += 1 } else if byte &- 48 > 9 { isNumeric = false }
                length += 1
            }
            return length > 0 && (!hasPort || HostName.isPort(bytes[length...]))
        }
        guard isValid else { return nil }
        mayBeForeign = dots > 0 && !isNumeric && !text.prefix(length).lowercased().hasSuffix(".localhost")
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte | 0x20 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."):
            byte > 0x20
        default: byte == UInt8(ascii: "_")
        }
    }

    private static func isOfAddress(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "%") || isOfName(byte)
    }

    private static func isPort(_ bytes: some Collection<UInt8>) -> Bool {
        guard let colon = bytes.first else { return true }
        return colon == UInt8(ascii: ":") && bytes.dropFirst().allSatisfy { $0 &- 48 <= 9 }
    }
}
