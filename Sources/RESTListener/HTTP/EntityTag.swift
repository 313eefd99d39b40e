import RESP

/// A strong entity tag: a hash of what is shown, and of how.
///
/// It is the same in every process, so that clients who are sent to another sidecar still have what they have.
struct EntityTag {
    /// How the bytes are shown.
    enum Form: String {
        case json = ""
        case raw = "-raw"
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

    /// The tag as it stands in a header, of the body in a content coding (empty for none).
    func text(coding: String) -> String {
        let digits = String(hash, radix: 16)
        let zeros = String(repeating: "0", count: 16 - digits.count)
        let suffix = coding.isEmpty ? "" : "-\(coding)"
        return "\"\(zeros)\(digits)-\(String(length, radix: 16))\(form.rawValue)\(suffix)\""
    }

    /// Whether `If-None-Match` names it. The comparison is the weak one, as RFC 9110 (13.1.2) has it.
    func isNamed(in header: String, coding: String) -> Bool {
        let own = text(coding: coding)
        return header.split(separator: ",").contains { item in
            let tag = item.trimmingSpaces
            return tag == "*" || tag == own || (tag.hasPrefix("W/") && tag.dropFirst(2) == own)
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
