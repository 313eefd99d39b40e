import NIOHTTP1

/// By what an answer of `ocm` is known from that of somebody else, who may say 200 to whatever is asked.
enum AnswerSign: Sendable {
    /// A value's bytes come as such, and with an entity tag.
    case bytes
    /// The body is an object that has this member; with this text, if one is given.
    case member(String, String? = nil)

    /// Whether `reply` has it.
    func marks(_ reply: APIReply) -> Bool {
        switch self {
        case .bytes:
            return reply.headers.first(name: "Content-Type") == "application/octet-stream"
                && reply.headers.contains(name: "ETag")
        case .member(let name, let text):
            guard let value = JSONText.members(of: reply.body)?.first(where: { $0.key == CacheKey(name) })?.value
            else { return false }
            return text.map { value.elementsEqual($0.utf8) } ?? true
        }
    }
}
