import CZlib
import TestSupport

/// Values to compress, and streams that pass for compressed ones.
enum Samples {
    /// JSON as an API gives it, `size` bytes cut from an array of users.
    static func json(_ size: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        var text = "["
        while text.utf8.count < size {
            let id = UInt32.random(in: 0 ... .max, using: &random)
            let name = random.pick(["Anna", "Bob", "Emi", "Hugo"])
            text += #"{"id":\#(id),"name":"\#(name)","email":"\#(name).\#(id % 97)@example.com","active":true},"#
        }
        return Array(text.utf8.prefix(size))
    }

    /// `stream` with the right checksum behind it, as if it were ours.
    static func sealed(_ stream: [UInt8]) -> [UInt8] {
        let checksum = UInt32(truncatingIfNeeded: crc32(0, stream, UInt32(stream.count)))
        return stream + withUnsafeBytes(of: checksum) { Array($0) }
    }
}
