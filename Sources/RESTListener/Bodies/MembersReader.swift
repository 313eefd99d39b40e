import JSON
import NIOHTTP1

/// Reads the members of the object that a request's body is.
struct MembersReader {
    private let text: UnsafeRawBufferPointer
    private let levels: Int

    /// - Parameter levels: how deep in the body values stand.
    init(_ text: UnsafeRawBufferPointer, wrapping levels: Int = 1) {
        self.text = text
        self.levels = levels
    }

    /// Calls `member` for each member, with its name, its value and where the value stands. A name may not come twice:
    /// whom of the two to believe is a question that programs between us and the client may answer otherwise.
    func read(
        _ member: (String, UnsafeRawBufferPointer, Range<Int>) throws(HTTPError) -> Void
    ) throws(HTTPError) {
        var names: Set<String> = []
        var refusal: HTTPError?
        var scanner = JSONScanner(text, wrapping: levels)
        do throws(JSONError) {
            guard scanner.peek() == UInt8(ascii: "{") else { throw scanner.error("there is no object") }
            try scanner.members { scanner, name throws(JSONError) in
                let position = try scanner.value()
                guard refusal == nil else { return }
                let name =
                    JSONString.unescape(UnsafeRawBufferPointer(rebasing: text[name]))
                    .map { String(decoding: $0, as: UTF8.self) } ?? ""
                do throws(HTTPError) {
                    guard names.insert(name).inserted else {
                        throw HTTPError(.badRequest, "the member '\(name)' is there twice")
                    }
                    try member(name, UnsafeRawBufferPointer(rebasing: text[position]), position)
                } catch {
                    refusal = error
                }
            }
            try scanner.end()
        } catch {
            throw HTTPError(.badRequest, "the body isn't as it should be: \(error)")
        }
        if let refusal { throw refusal }
    }

    /// A time to live in milliseconds; nil for null, as when there is none.
    static func timeToLive(_ token: UnsafeRawBufferPointer) throws(HTTPError) -> Int? {
        if token.elementsEqual("null".utf8) { return nil }
        return try TimeToLive.milliseconds(token)
    }

    /// The bytes of a key, from its string.
    static func key(_ token: UnsafeRawBufferPointer) throws(HTTPError) -> [UInt8] {
        guard token.first == UInt8(ascii: "\"") else { throw HTTPError(.badRequest, "a key must be a string") }
        guard let key = JSONString.unescape(token) else {
            throw HTTPError(.badRequest, "a key has half a surrogate pair in it, which is no text")
        }
        guard !key.isEmpty else { throw HTTPError(.badRequest, "a key is empty") }
        return key
    }

    /// The values of an array, each where it stands.
    static func elements(_ token: UnsafeRawBufferPointer, _ what: String) throws(HTTPError) -> [UnsafeRawBufferPointer]
    {
        guard token.first == UInt8(ascii: "[") else { throw HTTPError(.badRequest, "\(what) must be an array") }
        var elements: [UnsafeRawBufferPointer] = []
        var scanner = JSONScanner(token)
        do throws(JSONError) {
            try scanner.elements { scanner throws(JSONError) in
                elements.append(UnsafeRawBufferPointer(rebasing: token[try scanner.value()]))
            }
            try scanner.end()
        } catch {
            throw HTTPError(.badRequest, "the body isn't as it should be: \(error)")
        }
        return elements
    }
}
