import CommandDispatch
import NIOHTTP1

/// Says of a request's head, before anything of its body is taken, whether the request is served.
struct Gate {
    private let configuration: RESTListenerConfiguration

    private let isOpenOnLoopback: Bool

    init(_ configuration: RESTListenerConfiguration) {
        self.configuration = configuration
        isOpenOnLoopback = configuration.isOpenOnLoopback
    }

    /// Where the request leads, and what its client may do.
    ///
    /// - Throws: what it is refused with.
    func admit(_ head: RequestHead) throws(HTTPError) -> (route: Route, access: AccessLevel) {
        guard head.hosts == 1 || (head.isOld && head.hosts == 0) else {
            throw HTTPError(.badRequest, "a request must have one Host header")
        }
        guard !head.isAmbiguous else {
            throw HTTPError(
                .badRequest,
                "a request can't have both Transfer-Encoding and Content-Length, nor two Authorization headers",
                endsConnection: true
            )
        }
        // Who passes it on as HTTP/1.0 may have taken the body for the next request.
        guard !head.isOld || !head.isChunked else {
            throw HTTPError(.badRequest, "HTTP/1.0 has no Transfer-Encoding", endsConnection: true)
        }
        guard !head.hasTransferCoding else {
            throw HTTPError(
                .notImplemented,
                "Transfer-Encoding can only be chunked: send the body in no other coding",
                endsConnection: true
            )
        }
        try checkHost(head.host)
        let route: Route
        switch head.path {
        case .route(let found): route = found
        case .nowhere:
            throw HTTPError(.notFound, "there is nothing at this path: the API is described at /api/openapi.json")
        case .broken:
            throw HTTPError(.badRequest, "a percent sign in the path isn't followed by two hexadecimal digits")
        }
        guard route != .key([]) else {
            throw HTTPError(.badRequest, "the key is empty: give one behind /api/cache/key/")
        }
        guard head.method == .OPTIONS || route.methods.contains(head.method) else {
            throw HTTPError(
                .methodNotAllowed,
                "\(head.method.rawValue) isn't possible here, but \(route.allow) is",
                headers: "Allow: \(route.allow)\r\n"
            )
        }
        let access = try access(head, route)
        guard route.isReadOnly(head.method) || head.method == .OPTIONS || access == .full else {
            throw HTTPError(.forbidden, "this token is for reading only")
        }
        try checkBody(head, route)
        try checkCondition(head)
        return (route, access)
    }

    /// A page on the web can have a browser call a name of its own that it lets point to this machine, and so pass for
    /// one of our own pages. Without a token to protect us, on the loopback interface, names that could be such are
    /// refused.
    private func checkHost(_ text: String?) throws(HTTPError) {
        guard let text else { return }
        guard let host = HostName(text) else { throw HTTPError(.badRequest, "the Host header names no host") }
        guard !isOpenOnLoopback || !host.mayBeForeign else {
            throw HTTPError(
                .forbidden,
                "this server is for clients on its own machine, who don't call it '\(text)': use localhost, or start it "
                    + "with --rest-token"
            )
        }
    }

    private func access(_ head: RequestHead, _ route: Route) throws(HTTPError) -> AccessLevel {
        guard configuration.token != nil || configuration.readToken != nil else { return .full }
        if route.isPublic || head.method == .OPTIONS { return .none }
        let challenge = "WWW-Authenticate: Bearer\r\n"
        guard let header = head.authorization else {
            throw HTTPError(
                .unauthorized,
                "a token is needed: send it as 'Authorization: Bearer TOKEN'",
                headers: challenge
            )
        }
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw HTTPError(
                .unauthorized,
                "the token must be sent as 'Authorization: Bearer TOKEN'",
                headers: challenge
            )
        }
        let token = Array(parts[1].trimmingSpaces.utf8)
        if let full = configuration.token, token.isEqualInConstantTime(to: full) { return .full }
        if let read = configuration.readToken, token.isEqualInConstantTime(to: read) { return .readOnly }
        throw HTTPError(.unauthorized, "the token is wrong", headers: challenge)
    }

    private func checkBody(_ head: RequestHead, _ route: Route) throws(HTTPError) {
        if let expectation = head.expectation, expectation.lowercased() != "100-continue" {
            throw HTTPError(.expectationFailed, "nothing can be expected but 100-continue")
        }
        guard !head.hasContentCoding || !route.takesBody(head.method) else {
            throw HTTPError(
                .unsupportedMediaType,
                "the body must be sent as it is, without Content-Encoding: it wouldn't be decoded",
                headers: "Accept-Encoding: identity\r\n"
            )
        }
        guard !head.isPart || head.method != .PUT else {
            throw HTTPError(.badRequest, "a value can only be replaced as a whole: send it without Content-Range")
        }
        guard route.takesJSON(head.method) else { return }
        let type = head.contentType?.split(separator: ";").first.map { $0.trimmingSpaces.lowercased() } ?? ""
        guard type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json")) else {
            throw HTTPError(.unsupportedMediaType, "the body must be sent as 'Content-Type: application/json'")
        }
    }

    /// Between looking at a value and changing it, others may change it. Whoever sets a condition relies on that they
    /// can't.
    private func checkCondition(_ head: RequestHead) throws(HTTPError) {
        guard let condition = head.condition, ![.GET, .HEAD, .OPTIONS].contains(head.method) else { return }
        throw HTTPError(
            .notImplemented,
            "\(head.method.rawValue) can't depend on \(condition): use SET with NX, or a script with EVAL, at /api/command"
        )
    }
}
