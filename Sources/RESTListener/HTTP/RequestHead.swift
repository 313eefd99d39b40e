import NIOHTTP1

/// The head of a request: what of it matters here, read once.
struct RequestHead {
    let method: HTTPMethod
    /// Where the path leads.
    let route: Route?
    /// What stands behind the question mark.
    let query: Substring
    let isKeepAlive: Bool
    private(set) var hosts = 0
    private(set) var host: String?
    private(set) var contentType: String?
    private(set) var contentLength: Int?
    private(set) var isChunked = false
    private(set) var accept: String?
    private(set) var acceptEncoding: String?
    private(set) var authorization: String?
    private(set) var expectation: String?
    private(set) var ifNoneMatch: String?
    private(set) var origin: String?
    private(set) var requestedMethod: String?
    private(set) var asksForUpgrade = false
    /// The version is 1.0, in which `Host` may be missing.
    let isOld: Bool

    init(_ head: HTTPRequestHead) {
        method = head.method
        var target = head.uri
        // The absolute form, which is for proxies, must be taken too (RFC 9112, 3.2.2).
        if target.utf8.first != UInt8(ascii: "/"), let scheme = target.firstRange(of: "://") {
            let rest = target[scheme.upperBound...]
            target = rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? "/"
        }
        var pathLength = 0
        route = target.withUTF8 { bytes in
            pathLength = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.count
            return Route(path: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[..<pathLength]))
        }
        query = target[...].dropUTF8(pathLength + 1)
        isOld = head.version.major == 1 && head.version.minor == 0
        isKeepAlive = head.isKeepAlive
        for (name, value) in head.headers { note(name, value) }
    }

    /// Whether a body follows.
    var hasBody: Bool { isChunked || contentLength ?? 0 > 0 }

    /// Whether the client would rather have the bytes as they are.
    var wantsRawBytes: Bool { accept.map { $0.lowercased().contains("application/octet-stream") } ?? false }

    private mutating func note(_ name: String, _ value: String) {
        switch name.utf8.count {
        case 4 where name.isHeader("host"):
            hosts += 1
            host = value
        case 6 where name.isHeader("accept"): accept = accept.map { "\($0),\(value)" } ?? value
        case 6 where name.isHeader("expect"): expectation = value
        case 6 where name.isHeader("origin"): origin = value
        case 7 where name.isHeader("upgrade"): asksForUpgrade = true
        case 12 where name.isHeader("content-type"): contentType = value
        case 13 where name.isHeader("authorization"): authorization = value
        case 13 where name.isHeader("if-none-match"): ifNoneMatch = ifNoneMatch.map { "\($0),\(value)" } ?? value
        case 14 where name.isHeader("content-length"): contentLength = Int(value)
        case 15 where name.isHeader("accept-encoding"):
            acceptEncoding = acceptEncoding.map { "\($0),\(value)" } ?? value
        case 17 where name.isHeader("transfer-encoding"): isChunked = true
        case 29 where name.isHeader("access-control-request-method"): requestedMethod = value
        default: break
        }
    }
}

extension Substring {
    /// What is behind the first `count` bytes.
    fileprivate func dropUTF8(_ count: Int) -> Substring { Substring(utf8.dropFirst(count)) }
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
