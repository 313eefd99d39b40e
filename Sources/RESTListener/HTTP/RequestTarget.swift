import RESP

/// What a request names: the second word of its first line.
struct RequestTarget {
    /// What a path says.
    enum Path: Equatable {
        /// It leads here.
        case route(Route)
        /// It leads nowhere.
        case nowhere
        /// A percent sign in it isn't followed by two hexadecimal digits.
        case broken
    }

    private var text: String
    /// The host that it names, if it has the form that is for proxies, which must be taken too (RFC 9112, 3.2.2).
    private(set) var authority: String?
    /// What stands behind the question mark, once the path is read.
    private(set) var query: Substring = ""

    init(_ text: String) {
        self.text = text
        guard text.utf8.first != UInt8(ascii: "/"), let scheme = text.firstRange(of: "://") else { return }
        let rest = text[scheme.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        authority = String(rest[..<end])
        self.text = (rest[end...].first == "/" ? "" : "/") + rest[end...]
    }

    /// The path, which ends at the question mark.
    mutating func readPath() -> Path {
        var length = 0
        let path = text.withUTF8 { bytes in
            length = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.count
            return Self.path(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<length]))
        }
        query = Substring(text[...].utf8.dropFirst(length + 1))
        return path
    }

    private static func path(_ bytes: UnsafeRawBufferPointer) -> Path {
        if let route = Route(path: bytes) { return route == .key(nil) ? .broken : .route(route) }
        guard bytes.contains(UInt8(ascii: "%")) else { return .nowhere }
        guard let decoded = PercentEncoding.decode(bytes) else { return .broken }
        // A slash that is encoded is part of a name.
        guard decoded.count(where: { $0 == UInt8(ascii: "/") }) == bytes.count(where: { $0 == UInt8(ascii: "/") })
        else {
            return .nowhere
        }
        return decoded.withUnsafeBytes { Route(path: $0) }.map { $0.isKey ? .nowhere : .route($0) } ?? .nowhere
    }
}
