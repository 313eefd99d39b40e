import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A client of the REST API that `ocm serve` offers.
///
/// ```swift
/// let client = try CacheClient(url: "http://localhost:8000")
/// try await client.set("user:123", json: Array(#"{"name": "John Doe"}"#.utf8), ttl: .seconds(60))
/// let value = try await client.get("user:123")
/// ```
///
/// Values are bytes, and come back as they were stored: numbers keep their digits and objects their order. Every
/// operation throws a ``CacheClientError``, a sentence that says what happened and what to do.
///
/// Copies of a client share its connections, which are closed when the last copy is gone.
public struct CacheClient: Sendable {
    /// Where the server is when nothing else is said: `http://localhost:8000`.
    public static let defaultURL = "http://localhost:8000"

    /// Where the server is, without a slash at the end.
    public let url: String
    /// How long the server may take to be reached and to answer, and then to send each further part of its answer.
    public let timeout: Duration
    private let token: String?
    private let connections: Connections

    /// A client of the server at `url`; connects when the first request is made.
    ///
    /// - Parameters:
    ///   - url: the server's, `http://` or `https://`; it may have a path, under which the API is.
    ///   - token: what the server wants as its `--rest-token`, if it wants one.
    ///   - timeout: how long the server may take.
    /// - Throws: ``CacheClientError/Code/invalidURL``.
    public init(
        url: String = Self.defaultURL,
        token: String? = nil,
        timeout: Duration = .seconds(10)
    ) throws(CacheClientError) {
        self.url = try ServerURL.checked(url)
        self.token = token
        self.timeout = timeout
        connections = Connections(timeout: TimeAmount(timeout))
    }

    /// Makes a request, and returns the answer if it is one that the request expects.
    package func perform(_ request: APIRequest) async throws(CacheClientError) -> APIReply {
        let reply: APIReply
        do {
            let response = try await connections.http.execute(httpRequest(request), timeout: TimeAmount(timeout))
            let body = try await response.body.collect(upTo: APIReply.longestBody)
            reply = APIReply(
                status: response.status,
                headers: response.headers,
                body: Array(body.readableBytesView)
            )
        } catch {
            throw CacheClientError(failure: error, url: url, timeout: timeout)
        }
        guard request.expects(reply.status) else { throw CacheClientError(reply: reply, url: url) }
        guard reply.status != .ok || request.sign.marks(reply) else { throw .unexpectedReply(from: url) }
        return reply
    }

    private func httpRequest(_ request: APIRequest) -> HTTPClientRequest {
        var http = HTTPClientRequest(url: url + request.path)
        http.method = request.method
        if let token { http.headers.add(name: "Authorization", value: "Bearer \(token)") }
        if let accept = request.accept { http.headers.add(name: "Accept", value: accept) }
        if let body = request.body {
            http.headers.add(name: "Content-Type", value: body.type)
            http.body = .bytes(body.bytes, length: .known(Int64(body.bytes.count)))
        }
        return http
    }
}
