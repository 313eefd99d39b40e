import NIOHTTP1

/// `{"keys": ["a", "b"]}`: what is asked for at once.
struct BatchGetBody {
    /// How many keys a batch may have.
    static let mostKeys = 10_000

    /// The keys, each once.
    let keys: [[UInt8]]

    /// Reads a request's body.
    init(_ text: UnsafeRawBufferPointer) throws(HTTPError) {
        var keys: [[UInt8]]?
        try MembersReader(text).read { name, token, _ throws(HTTPError) in
            guard name == "keys" else {
                throw HTTPError(.badRequest, "unknown member '\(name)': there is only keys")
            }
            var seen: Set<[UInt8]> = []
            var list: [[UInt8]] = []
            let elements = try MembersReader.elements(token, "keys")
            try Self.check(elements.count)
            for element in elements {
                let key = try MembersReader.key(element)
                if seen.insert(key).inserted { list.append(key) }
            }
            keys = list
        }
        guard let keys else { throw HTTPError(.badRequest, "the member 'keys' is missing") }
        self.keys = keys
    }

    /// Sees that a batch isn't too large.
    static func check(_ count: Int) throws(HTTPError) {
        guard count <= mostKeys else {
            throw HTTPError(.payloadTooLarge, "a batch may have \(mostKeys) keys, this one has \(count): divide it")
        }
    }
}
