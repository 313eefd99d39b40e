import NIOCore
import NIOHTTP1
import Testing

@testable import RESTListener

@Suite("A request is put together, or refused as early as can be")
struct RequestReaderTests {
    private static func head(
        _ method: HTTPMethod,
        _ uri: String,
        _ headers: [(String, String)] = [],
        host: String? = "localhost:8000",
        version: HTTPVersion = .http1_1
    ) -> RequestHead {
        let all = (host.map { [("Host", $0)] } ?? []) + headers
        return RequestHead(HTTPRequestHead(version: version, method: method, uri: uri, headers: HTTPHeaders(all)))
    }

    private static let json = [("Content-Type", "application/json")]

    private static func reader(
        largestBody: Int = 100,
        _ change: (inout RESTListenerConfiguration) -> Void = { _ in }
    ) -> RequestReader {
        var configuration = RESTListenerConfiguration()
        change(&configuration)
        return RequestReader(Gate(configuration), largestBody: largestBody)
    }

    /// The status that a whole request without a body is refused with; nil if it is served.
    private static func status(_ reader: RequestReader, _ head: RequestHead) -> UInt? {
        var reader = reader
        for action in [reader.begin(head), reader.end()] {
            switch action {
            case .refuse(let error), .refuseAndClose(let error): return error.status.code
            case .serve: return nil
            case .wait, .sendContinue: break
            }
        }
        Issue.record("it is neither served nor refused")
        return nil
    }

    @Test("a body in pieces")
    func body() throws {
        var reader = Self.reader()
        _ = reader.begin(Self.head(.PUT, "/api/cache/key/a%2Fb?ttl=1", [("Content-Length", "4")]))
        _ = reader.append(ByteBuffer(string: "ab"))
        #expect(reader.isReading && reader.bodyLength == 2)
        _ = reader.append(ByteBuffer(string: "cd"))
        guard case .serve(let request) = reader.end() else {
            Issue.record("it isn't served")
            return
        }
        #expect(request.route == .key(Array("a/b".utf8)) && String(buffer: request.body) == "abcd")
        #expect(request.head.query == "ttl=1" && !reader.isReading)
    }

    @Test(
        "what a head is refused for",
        arguments: [
            (HTTPMethod.GET, "/nowhere", 404), (.GET, "/api/cache/key", 404), (.POST, "/api/cache/stats", 405),
            (.GET, "/api/cache/batch-get", 405), (.TRACE, "/", 405), (.POST, "/api/cache/key/k", 415),
            (.GET, "/api/cache/../../etc/passwd", 404),
        ]
    )
    func refused(method: HTTPMethod, uri: String, status: UInt) {
        #expect(Self.status(Self.reader(), Self.head(method, uri)) == status)
    }

    @Test("targets in absolute form, and OPTIONS everywhere")
    func targets() {
        #expect(Self.status(Self.reader(), Self.head(.GET, "http://localhost:8000/livez")) == nil)
        #expect(Self.status(Self.reader(), Self.head(.GET, "http://localhost:8000")) == nil)
        #expect(Self.status(Self.reader(), Self.head(.OPTIONS, "/api/cache/key/k")) == nil)
    }

    @Test("a request has one host, and one that this machine may be called")
    func hosts() {
        let reader = Self.reader()
        #expect(Self.status(reader, Self.head(.GET, "/livez", host: nil)) == 400)
        #expect(Self.status(reader, Self.head(.GET, "/livez", [("Host", "b")])) == 400)
        #expect(Self.status(reader, Self.head(.GET, "/livez", host: nil, version: .http1_0)) == nil)
        for host in ["127.0.0.1:8000", "[::1]:8000", "localhost", "ocm", "ocm:8000", "a.localhost:1", "10.0.0.1"] {
            #expect(Self.status(reader, Self.head(.GET, "/livez", host: host)) == nil, "\(host)")
        }
        for host in ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example."] {
            #expect(Self.status(reader, Self.head(.GET, "/livez", host: host)) == 403, "\(host)")
            let guarded = Self.reader { $0.token = [1] }
            #expect(Self.status(guarded, Self.head(.GET, "/livez", host: host)) == nil)
        }
    }

    @Test("tokens let in as far as they go")
    func tokens() {
        let reader = Self.reader {
            $0.token = Array("full".utf8)
            $0.readToken = Array("read".utf8)
        }
        func status(_ method: HTTPMethod, _ uri: String, _ token: String?) -> UInt? {
            let headers = Self.json + (token.map { [("Authorization", $0)] } ?? [])
            return Self.status(reader, Self.head(method, uri, headers))
        }
        for wrong in [nil, "Bearer wrong", "Basic full", "full", "Bearer", "Bearer fullx", "Bearer ful"] {
            #expect(status(.GET, "/api/cache/key/k", wrong) == 401)
        }
        #expect(status(.GET, "/api/cache/key/k", "bearer full") == nil)
        #expect(status(.GET, "/api/cache/key/k", "Bearer read") == nil)
        #expect(status(.POST, "/api/cache/key/k", "Bearer read") == 403)
        #expect(status(.DELETE, "/api/cache/invalidate-all", "Bearer read") == 403)
        #expect(status(.POST, "/api/cache/batch-get", "Bearer read") == nil)
        #expect(status(.POST, "/api/cache/batch-set", "Bearer read") == 403)
        for uri in ["/", "/livez", "/readyz", "/api/healthcheck", "/api/openapi.json"] {
            #expect(status(.GET, uri, nil) == nil)
        }
        #expect(status(.GET, "/metrics", nil) == 401)
    }

    @Test("bodies that are too large are refused at once, announced or not")
    func tooLarge() {
        var reader = Self.reader()
        guard
            case .refuseAndClose(let error) = reader.begin(
                Self.head(.PUT, "/api/cache/key/k", [("Content-Length", "101")])
            )
        else {
            Issue.record("it is taken")
            return
        }
        #expect(error.status == .payloadTooLarge)
        var chunked = Self.reader()
        _ = chunked.begin(Self.head(.PUT, "/api/cache/key/k", [("Transfer-Encoding", "chunked")]))
        _ = chunked.append(ByteBuffer(repeating: 1, count: 100))
        guard case .refuseAndClose = chunked.append(ByteBuffer(repeating: 1, count: 1)) else {
            Issue.record("it is taken")
            return
        }
        guard case .wait = chunked.end() else {
            Issue.record("it is answered twice")
            return
        }
    }

    @Test("who is refused has a short body read over, and is answered at its end")
    func discards() {
        var reader = Self.reader()
        guard case .wait = reader.begin(Self.head(.PUT, "/nowhere", [("Content-Length", "3")])) else {
            Issue.record("it is answered before its body")
            return
        }
        _ = reader.append(ByteBuffer(string: "abc"))
        guard case .refuse(let error) = reader.end() else {
            Issue.record("it isn't refused")
            return
        }
        #expect(error.status == .notFound)
    }

    @Test("what stands around chunks may not outgrow them")
    func envelope() {
        var reader = Self.reader(largestBody: 1 << 20)
        _ = reader.begin(Self.head(.PUT, "/api/cache/key/k", [("Transfer-Encoding", "chunked")]))
        _ = reader.append(ByteBuffer(repeating: 1, count: 100_000))
        guard case .wait = reader.received(1_000_000) else {
            Issue.record("small chunks are refused")
            return
        }
        guard case .refuseAndClose = reader.received(1_000_000) else {
            Issue.record("it is taken")
            return
        }
    }

    @Test("two ends are none")
    func ambiguous() {
        var reader = Self.reader()
        let headers = [("Transfer-Encoding", ""), ("Content-Length", "3")]
        guard case .refuseAndClose = reader.begin(Self.head(.PUT, "/api/cache/key/k", headers)) else {
            Issue.record("it is taken")
            return
        }
    }

    @Test(
        "chunks are the one way to send a body coded",
        arguments: [
            ("chunked", nil), (" Chunked ", nil), (", chunked", nil), ("gzip, chunked", 501),
            ("identity, chunked", 501),
        ] as [(String, UInt?)]
    )
    func transferCodings(coding: String, status: UInt?) {
        let head = Self.head(.PUT, "/api/cache/key/k", [("Transfer-Encoding", coding)])
        #expect(Self.status(Self.reader(), head) == status)
        var reader = Self.reader()
        if case .refuseAndClose = reader.begin(head) { #expect(status != nil) } else { #expect(status == nil) }
    }

    @Test("who waits to be told is told, or refused at once")
    func expectations() {
        let waiting = [("Expect", "100-continue"), ("Content-Length", "3")]
        var reader = Self.reader()
        guard case .sendContinue = reader.begin(Self.head(.PUT, "/api/cache/key/k", waiting)) else {
            Issue.record("it isn't told")
            return
        }
        var other = Self.reader()
        guard case .refuseAndClose = other.begin(Self.head(.PUT, "/nowhere", waiting)) else {
            Issue.record("it isn't refused")
            return
        }
        #expect(Self.status(Self.reader(), Self.head(.PUT, "/api/cache/key/k", [("Expect", "a miracle")])) == 417)
    }
}
