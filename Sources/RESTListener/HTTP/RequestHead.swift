import NIOHTTP1

/// The head of a request: what of it matters here, read once.
struct RequestHead {
    let method: HTTPMethod
    /// What the path says.
    let path: RequestTarget.Path
    /// What stands behind the question mark.
    let query: Substring
    private(set) var isKeepAlive: Bool
    private(set) var hosts = 0
    private(set) var host: String?
    private(set) var contentType: String?
    private(set) var contentLength: Int?
    private var transferEncoding: String?
    private var contentEncoding: String?
    private(set) var accept: String?
    private(set) var acceptEncoding: String?
    private(set) var authorization: String?
    private var authorizations = 0
    private(set) var expectation: String?
    private(set) var ifNoneMatch: String?
    /// A header that says on what condition a change is to be made.
    private(set) var condition: String?
    /// Whether the body is said to be a part of the whole.
    private(set) var isPart = false
    private(set) var origin: String?
    private(set) var asksForUpgrade = false
    /// The version is 1.0, in which `Host` may be missing.
    let isOld: Bool

    init(_ head: HTTPRequestHead) {
        method = head.method
        var target = RequestTarget(head.uri)
        path = target.readPath()
        query = target.query
        isOld = head.version.major == 1 && head.version.minor == 0
        isKeepAlive = head.isKeepAlive
        for (name, value) in head.headers { note(name, value) }
        // Who asks a proxy for a URL says there which host is meant.
        if let authority = target.authority, hosts == 1 { host = authority }
    }

    /// Where the path leads; nil for nowhere.
    var route: Route? { if case .route(let route) = path { route } else { nil } }

    /// Whether the body is sent in pieces.
    var isChunked: Bool { transferEncoding != nil }

    /// Whether the body, before it was cut into pieces, was coded for its way. What isn't in pieces in the end is the
    /// parser's to refuse, as nobody can say where it ends.
    var hasTransferCoding: Bool {
        guard let codings = transferEncoding.map(Self.items), codings.last == "chunked" else { return false }
        return codings.contains { $0 != "chunked" }
    }

    /// Whether the body is something else than what is meant: compressed, say.
    var hasContentCoding: Bool {
        contentEncoding.map { !Self.items(of: $0).allSatisfy { $0 == "identity" } } ?? false
    }

    /// Whether a body follows.
    var hasBody: Bool { isChunked || contentLength ?? 0 > 0 }

    /// Whether the client would rather have the bytes as they are.
    var wantsRawBytes: Bool { accept.map(MediaRange.prefersBytes) ?? false }

    /// Whether two of its headers say different things of where it ends, or of who sends it.
    var isAmbiguous: Bool { (isChunked && contentLength != nil) || authorizations > 1 }

    private mutating func note(_ name: String, _ value: String) {
        switch name.utf8.count {
        case 4 where name.isHeader("host"):
            hosts += 1
            host = value
        case 6 where name.isHeader("accept"): Self.append(value, to: &accept)
        case 6 where name.isHeader("expect"): expectation = isOld ? nil : value
        case 6 where name.isHeader("origin"): origin = value
        case 7 where name.isHeader("upgrade"): asksForUpgrade = true
        case 10 where name.isHeader("connection"):
            if Self.items(of: value).contains("close") { isKeepAlive = false }
        case 12 where name.isHeader("content-type"): contentType = value
        case 13 where name.isHeader("content-range"): isPart = true
        case 13 where name.isHeader("authorization"):
            authorizations += 1
            authorization = value
        case 8 where name.isHeader("if-match"): condition = "If-Match"
        case 13 where name.isHeader("if-none-match"):
            condition = "If-None-Match"
            Self.append(value, to: &ifNoneMatch)
        case 19 where name.isHeader("if-unmodified-since"): condition = "If-Unmodified-Since"
        case 14 where name.isHeader("content-length"): contentLength = Int(value)
        case 15 where name.isHeader("accept-encoding"): Self.append(value, to: &acceptEncoding)
        case 16 where name.isHeader("content-encoding"): Self.append(value, to: &contentEncoding)
        case 17 where name.isHeader("transfer-encoding"): Self.append(value, to: &transferEncoding)
        default: break
        }
    }

    /// Headers that are lists may be sent in pieces.
    private static func append(_ value: String, to list: inout String?) {
        list = list.map { "\($0),\(value)" } ?? value
    }

    /// What a list names, in lower case; what stands between two commas may be empty.
    private static func items(of list: String) -> [String] {
        list.split(separator: ",").map { $0.trimmingSpaces.lowercased() }.filter { !$0.isEmpty }
    }
}

extension String {
    /// Whether it is the header `name` (given in lower case), in whatever case it was sent.
    fileprivate func isHeader(_ name: StaticString) -> Bool {
        var index = 0
        for byte in utf8 {
            guard byte | 0x20 == name.utf8Start[index] | 0x20 else { return false }
            index += 1
        }
        return true
    }
}
