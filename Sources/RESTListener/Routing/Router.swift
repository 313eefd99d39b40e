import CommandDispatch
import NIOCore
import NIOHTTP1

/// Makes of a request what answers it.
struct Router {
    /// What answers a request.
    enum Target {
        /// This, at once.
        case response(Response)
        /// Replies of Redis.
        case exchange(Exchange)
    }

    private let loop: RESTLoop

    init(_ loop: RESTLoop) { self.loop = loop }

    private var prefix: [UInt8] { loop.configuration.keyPrefix }

    /// - Throws: what the request is refused with.
    func route(_ request: Request) throws(HTTPError) -> Target {
        if request.head.method == .OPTIONS { return .response(options(request.route)) }
        let query = try query(request)
        switch request.route {
        case .healthcheck: return .exchange(HealthExchange(.health, loop))
        case .livez: return .response(.object { $0.member("status", "alive") })
        case .readyz: return .exchange(HealthExchange(.readiness, loop))
        case .stats: return .exchange(StatsExchange(loop))
        case .keys: return .exchange(try keys(query))
        case .key(let bytes): return .exchange(try key(bytes, request, query))
        case .invalidateAll: return .exchange(try flush(query))
        case .batchGet:
            let body = try read(request, BatchGetBody.init)
            return .exchange(BatchGetExchange(body.keys.map { KeyName($0, prefix: prefix) }))
        case .batchSet:
            let body = try read(request, BatchSetBody.init)
            let items = body.items.map { (name: KeyName($0.key, prefix: prefix), value: ByteBuffer(bytes: $0.value)) }
            return .exchange(BatchSetExchange(items, timeToLive: body.timeToLive))
        case .command: return .exchange(try command(request))
        case .metrics: return .response(MetricsPage(loop).response(accept: request.head.accept))
        case .openAPI: return .response(Pages.openAPI(version: loop.dispatcher.server.version))
        case .dashboard: return .response(Pages.dashboard())
        case .server: return .response(options(request.route))
        }
    }

    private func query(_ request: Request) throws(HTTPError) -> QueryString {
        guard let known = request.route.parameters(request.head.method) else { return QueryString() }
        let query = try QueryString(request.head.query)
        try query.check(known, request.head.method)
        return query
    }

    private func options(_ route: Route) -> Response {
        var response = Response(.noContent, Response.json, ByteBuffer())
        response.headers = "Allow: \(route.allow)\r\n"
        return response
    }

    private func read<Body>(
        _ request: Request,
        _ parse: (UnsafeRawBufferPointer) throws(HTTPError) -> Body
    ) throws(HTTPError) -> Body {
        try request.body.withUnsafeReadableBytes { bytes in
            Result { () throws(HTTPError) -> Body in try parse(bytes) }
        }.get()
    }

    private func key(_ bytes: [UInt8]?, _ request: Request, _ query: QueryString) throws(HTTPError) -> Exchange {
        let name = KeyName(bytes ?? [], prefix: prefix)
        switch request.head.method {
        case .POST:
            let body = try read(request, SetBody.init)
            return SetExchange(name, ByteBuffer(bytes: body.value), timeToLive: body.timeToLive)
        case .PUT:
            var life: Int?
            if let text = try query.bytes("ttl") {
                life = try text.withUnsafeBytes { bytes in
                    Result { () throws(HTTPError) -> Int in try TimeToLive.milliseconds(bytes) }
                }.get()
            }
            return SetExchange(name, request.body, timeToLive: life)
        case .DELETE: return DeleteExchange(name)
        default: return GetExchange(name, raw: request.head.wantsRawBytes, loop)
        }
    }

    private func keys(_ query: QueryString) throws(HTTPError) -> Exchange {
        let cursor = try query.bytes("cursor") ?? Array("0".utf8)
        guard !cursor.isEmpty, cursor.allSatisfy({ $0 &- 48 <= 9 }) else {
            throw HTTPError(
                .badRequest,
                "the parameter 'cursor' must be what the page before this one has as its cursor"
            )
        }
        return KeysExchange(
            pattern: try query.bytes("pattern"),
            cursor: cursor,
            limit: try query.number("limit", 1...KeysExchange.mostKeys) ?? KeysExchange.usualLimit,
            prefix: prefix
        )
    }

    private func flush(_ query: QueryString) throws(HTTPError) -> Exchange {
        switch try query.bytes("scope").map({ String(decoding: $0, as: UTF8.self) }) {
        case nil: return prefix.isEmpty ? FlushExchange(.everything) : PrefixFlushExchange(prefix: prefix)
        case "local": return FlushExchange(.local)
        case .some: throw HTTPError(.badRequest, "the parameter 'scope' can only be local")
        }
    }

    private func command(_ request: Request) throws(HTTPError) -> Exchange {
        guard prefix.isEmpty else {
            throw HTTPError(
                .forbidden,
                "commands aren't served here, since clients are confined to a prefix of the keys (--rest-key-prefix)"
            )
        }
        let body = try read(request, CommandBody.init)
        return CommandExchange(body.arguments, mayWrite: request.access == .full, loop)
    }
}
