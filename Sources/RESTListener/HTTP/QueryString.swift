import NIOHTTP1

/// The parameters behind the question mark of a URL.
struct QueryString {
    private var parameters: [(name: [UInt8], value: [UInt8])] = []

    /// None.
    init() {}

    /// - Throws: an ``HTTPError`` if a percent-encoding is broken.
    init(_ text: Substring) throws(HTTPError) {
        for part in text.split(separator: "&") {
            let sign = part.firstIndex(of: "=")
            let value = sign.map { part[part.index(after: $0)...] } ?? ""
            guard let name = PercentEncoding.decode(part[..<(sign ?? part.endIndex)].utf8, plusIsSpace: true),
                let bytes = PercentEncoding.decode(value.utf8, plusIsSpace: true)
            else {
                throw HTTPError(.badRequest, "a percent sign in the query isn't followed by two hexadecimal digits")
            }
            parameters.append((name, bytes))
        }
    }

    /// Sees that there are no others than `known`: who misspells one would have something done that wasn't meant.
    func check(_ known: [String], _ method: HTTPMethod) throws(HTTPError) {
        let names = parameters.lazy.map { String(decoding: $0.name, as: UTF8.self) }
        guard let other = names.first(where: { !known.contains($0) }) else { return }
        let choice =
            switch known.count {
            case 0: "\(method.rawValue) takes none here" + (method == .POST ? ", all that it takes is in the body" : "")
            case 1: "there is only \(known[0])"
            default: "there are \(known.dropLast().joined(separator: ", ")) and \(known[known.count - 1])"
            }
        throw HTTPError(.badRequest, "unknown parameter '\(other)': \(choice)")
    }

    /// The value of a parameter.
    ///
    /// - Throws: an ``HTTPError`` if it is there twice.
    func bytes(_ name: String) throws(HTTPError) -> [UInt8]? {
        let values = parameters.filter { $0.name.elementsEqual(name.utf8) }
        guard values.count <= 1 else { throw HTTPError(.badRequest, "the parameter '\(name)' is there twice") }
        return values.first?.value
    }

    /// A parameter that is a number in `range`.
    func number(_ name: String, _ range: ClosedRange<Int>) throws(HTTPError) -> Int? {
        guard let bytes = try bytes(name) else { return nil }
        guard let number = Int(String(decoding: bytes, as: UTF8.self)), range.contains(number) else {
            throw HTTPError(
                .badRequest,
                "the parameter '\(name)' must be a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }
}
