import JSON
import NIOHTTP1

/// `{"items": {"a": …, "b": …}, "ttl": 60}`: what is to be stored at once.
struct BatchSetBody {
    /// Keys and the bytes to store at them.
    let items: [(key: [UInt8], value: [UInt8])]
    /// How long, in milliseconds; nil for as long as they aren't changed.
    let timeToLive: Int?

    /// Reads a request's body.
    init(_ text: UnsafeRawBufferPointer) throws(HTTPError) {
        var items: [(key: [UInt8], value: [UInt8])]?
        var timeToLive: Int?
        try MembersReader(text, wrapping: 2).read { name, token, _ throws(HTTPError) in
            switch name {
            case "items": items = try Self.items(token)
            case "ttl": timeToLive = try MembersReader.timeToLive(token)
            default: throw HTTPError(.badRequest, "unknown member '\(name)': there are items and ttl")
            }
        }
        guard let items else { throw HTTPError(.badRequest, "the member 'items' is missing") }
        self.items = items
        self.timeToLive = timeToLive
    }

    private static func items(_ object: UnsafeRawBufferPointer) throws(HTTPError) -> [(key: [UInt8], value: [UInt8])] {
        guard object.first == UInt8(ascii: "{") else { throw HTTPError(.badRequest, "items must be an object") }
        var tokens: [(name: Range<Int>, value: Range<Int>)] = []
        var scanner = JSONScanner(object, wrapping: 1)
        do throws(JSONError) {
            try scanner.members { scanner, name throws(JSONError) in tokens.append((name, try scanner.value())) }
        } catch {
            throw HTTPError(.badRequest, "the body isn't as it should be: \(error)")
        }
        // Before anything is done with each.
        try BatchGetBody.check(tokens.count)
        var seen: Set<[UInt8]> = []
        var items: [(key: [UInt8], value: [UInt8])] = []
        for token in tokens {
            let key = try MembersReader.key(UnsafeRawBufferPointer(rebasing: object[token.name]))
            guard seen.insert(key).inserted else {
                throw HTTPError(.badRequest, "the key '\(String(decoding: key, as: UTF8.self))' is there twice")
            }
            items.append((key, StoredValue.bytes(UnsafeRawBufferPointer(rebasing: object[token.value]))))
        }
        return items
    }
}
