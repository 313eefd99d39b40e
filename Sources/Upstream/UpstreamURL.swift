/// Where Redis is, and how to introduce oneself: `redis://[[user]:password@]host[:port][/db]`, the same with
/// `rediss://` for TLS, or `unix:///path[?db=N]`.
public struct UpstreamURL: Sendable, Equatable {
    /// A place to connect to.
    public enum Endpoint: Sendable, Equatable {
        /// A name or an address, resolved anew at each attempt.
        case tcp(host: String, port: Int)
        /// The path of a unix socket.
        case unix(path: String)
    }

    /// Where to connect.
    public let endpoint: Endpoint
    /// Whether what is said there is encrypted.
    public let usesTLS: Bool
    /// What to authenticate with, if anything.
    public let credentials: Credentials?
    /// The database of sessions that have not said `SELECT`.
    public let db: Int

    /// The place, without the password, for logs and messages; as a URL if that says more.
    public var description: String { usesTLS ? redacted : place }

    /// The same as a URL.
    public var redacted: String { scheme + place }

    /// The same with a word where the password is to stand.
    var withRoomForPassword: String { scheme + ":PASSWORD@" + place }

    /// Whether it might be written `rediss://` instead.
    var mightUseTLS: Bool {
        if case .tcp = endpoint { !usesTLS } else { false }
    }

    private var place: String {
        switch endpoint {
        case .tcp(let host, let port): "\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .unix(let path): path
        }
    }

    private var scheme: String {
        switch endpoint {
        case .tcp: usesTLS ? "rediss://" : "redis://"
        case .unix: "unix://"
        }
    }

    /// Reads `text`, or throws what is wrong with it.
    public init(_ text: String) throws(UpstreamURLError) {
        guard !text.isEmpty else { throw .empty }
        guard let mark = text.firstRange(of: "://") else { throw .missingScheme }
        let rest = text[mark.upperBound...]
        switch text[..<mark.lowerBound].lowercased() {
        case "redis": self = try Self(tcp: rest, usesTLS: false)
        case "rediss": self = try Self(tcp: rest, usesTLS: true)
        case "unix": self = try Self(unix: rest)
        case let other: throw .unsupportedScheme(other)
        }
    }

    private init(endpoint: Endpoint, usesTLS: Bool, credentials: Credentials?, db: Int) {
        self.endpoint = endpoint
        self.usesTLS = usesTLS
        self.credentials = credentials
        self.db = db
    }

    private init(tcp text: Substring, usesTLS: Bool) throws(UpstreamURLError) {
        let (credentials, location) = try Self.splitCredentials(text)
        guard !location.contains("?") else { throw .unsupportedQuery }
        let slash = location.firstIndex(of: "/")
        let authority = location[..<(slash ?? location.endIndex)]
        let path = slash.map { location[location.index(after: $0)...] } ?? ""
        let (host, port) = try Self.splitPort(authority)
        self.init(
            endpoint: .tcp(host: host, port: port),
            usesTLS: usesTLS,
            credentials: credentials,
            db: path.isEmpty ? 0 : try Self.database(path)
        )
    }

    private init(unix text: Substring) throws(UpstreamURLError) {
        let (credentials, location) = try Self.splitCredentials(text)
        let question = location.firstIndex(of: "?")
        let path = try Self.decoded(location[..<(question ?? location.endIndex)])
        guard path.first == UInt8(ascii: "/") else { throw .missingPath }
        guard path.count <= UnixSocketPath.longest else { throw .pathTooLong }
        var db = 0
        if let question {
            let query = location[location.index(after: question)...]
            guard query.hasPrefix("db=") else { throw .invalidDatabase(String(query)) }
            db = try Self.database(query.dropFirst(3))
        }
        self.init(
            endpoint: .unix(path: String(decoding: path, as: UTF8.self)),
            usesTLS: false,
            credentials: credentials,
            db: db
        )
    }

    /// `user:password@`, `:password@` or nothing, and the rest.
    private static func splitCredentials(
        _ text: Substring
    ) throws(UpstreamURLError) -> (Credentials?, Substring) {
        guard let at = text.lastIndex(of: "@") else { return (nil, text) }
        let location = text[text.index(after: at)...]
        let before = text[..<at]
        guard let colon = before.firstIndex(of: ":") else { throw .missingPassword }
        let user = try decoded(before[..<colon])
        let password = try decoded(before[before.index(after: colon)...])
        return (Credentials(user: user.isEmpty ? nil : user, password: password), location)
    }

    private static func splitPort(_ authority: Substring) throws(UpstreamURLError) -> (String, Int) {
        var host = authority
        var port: Substring?
        if authority.hasPrefix("["), let bracket = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<bracket]
            let rest = authority[authority.index(after: bracket)...]
            if rest.hasPrefix(":") { port = rest.dropFirst() } else if !rest.isEmpty { throw .missingHost }
        } else if let colon = authority.lastIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty else { throw .missingHost }
        guard authority.hasPrefix("[") ? host != authority && !host.hasPrefix("[") : !host.contains(":") else {
            throw .unbracketedAddress
        }
        guard let port else { return (String(host), 6379) }
        guard let number = Int(port), (1...65535).contains(number) else { throw .invalidPort(String(port)) }
        return (String(host), number)
    }

    private static func database(_ text: Substring) throws(UpstreamURLError) -> Int {
        guard let db = Int(text), db >= 0 else { throw .invalidDatabase(String(text)) }
        return db
    }

    /// The bytes of `text` with its `%HH` decoded.
    private static func decoded(_ text: Substring) throws(UpstreamURLError) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                throw .invalidEscape
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return bytes
    }
}
