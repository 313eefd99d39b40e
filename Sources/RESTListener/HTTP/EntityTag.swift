import JSON
import NIOCore
import RESP

/// A strong entity tag: a hash of what is shown, and of how.
///
/// It is the same in every process, so that clients who are sent to another sidecar still have what they have.
struct EntityTag {
    /// How the bytes are shown.
    enum Form {
        case json
        case raw

        fileprivate var suffix: StaticString { self == .raw ? "-raw" : "" }
    }

    private let hash: UInt64
    private let length: Int
    private let form: Form

    /// The tag of `bytes`.
    init(_ bytes: UnsafeRawBufferPointer, _ form: Form = .json) {
        hash = KeyHash.stable(bytes)
        length = bytes.count
        self.form = form
    }

    /// Writes the tag, of the body in a content coding, as it stands in a header.
    func write(coding: ContentCoding?, to buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "\""))
        for shift in stride(from: 60, through: 0, by: -4) {
            buffer.writeInteger(HexDigit.digit(UInt8(truncatingIfNeeded: hash >> UInt64(shift)) & 15))
        }
        buffer.writeInteger(UInt8(ascii: "-"))
        buffer.writeDecimal(length)
        buffer.writeStaticString(form.suffix)
        if let coding { buffer.writeStaticString(coding.suffix) }
        buffer.writeInteger(UInt8(ascii: "\""))
    }

    /// Whether `If-None-Match` names it. The comparison is the weak one, as RFC 9110 (13.1.2) has it.
    func isNamed(in header: String, coding: ContentCoding?) -> Bool {
        var text = ByteBuffer()
        write(coding: coding, to: &text)
        let own = String(buffer: text)
        if header.trimmingSpaces == "*" { return true }
        return header.split(separator: ",").contains { item in
            let tag = item.trimmingSpaces
            return tag == own || (tag.hasPrefix("W/") && tag.dropFirst(2) == own)
        }
    }
}

extension StringProtocol {
    /// Without the spaces and tabs at both ends.
    var trimmingSpaces: SubSequence {
        guard let first = firstIndex(where: { $0 != " " && $0 != "\t" }),
            let last = lastIndex(where: { $0 != " " && $0 != "\t" })
        else { return self[endIndex...] }
        return self[first...last]
    }
}
