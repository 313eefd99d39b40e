import JSON
import NIOHTTP1

/// `["SET", "key", 1]`: a Redis command.
struct CommandBody {
    /// The command's name and its arguments.
    let arguments: [[UInt8]]

    /// Reads a request's body.
    init(_ text: UnsafeRawBufferPointer) throws(HTTPError) {
        var scanner = JSONScanner(text)
        let token: Range<Int>
        do throws(JSONError) {
            token = try scanner.value()
            try scanner.end()
        } catch {
            throw HTTPError(.badRequest, "the body isn't as it should be: \(error)")
        }
        let elements = try MembersReader.elements(UnsafeRawBufferPointer(rebasing: text[token]), "a command")
        guard !elements.isEmpty else {
            throw HTTPError(.badRequest, "a command needs a name, such as [\"GET\", \"key\"]")
        }
        var arguments: [[UInt8]] = []
        for element in elements { arguments.append(try Self.argument(element)) }
        self.arguments = arguments
    }

    private static func argument(_ token: UnsafeRawBufferPointer) throws(HTTPError) -> [UInt8] {
        switch token[0] {
        case UInt8(ascii: "\""):
            guard let text = JSONString.unescape(token) else {
                throw HTTPError(.badRequest, "an argument has half a surrogate pair in it, which is no text")
            }
            return text
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return Array(token)
        default: throw HTTPError(.badRequest, "the arguments of a command must be strings or numbers")
        }
    }
}
