import NIOHTTP1

/// What the API offers.
extension APIRequest {
    /// How the server is; 503 says that it is unhealthy.
    package static let healthcheck = {
        var request = APIRequest(.GET, "/api/healthcheck", .member("status"))
        request.answers = [.serviceUnavailable]
        return request
    }()

    /// Whether the server is alive at all.
    package static let liveness = APIRequest(.GET, "/livez", .member("status", "\"alive\""))

    /// What the server has counted and measured.
    package static let statistics = APIRequest(.GET, "/api/cache/stats", .member("hit_rate"))

    /// Deletes every key of the database.
    package static let invalidateAll = APIRequest(
        .DELETE,
        "/api/cache/invalidate-all",
        .member("invalidated", "true")
    )

    /// A page of keys; the first without a cursor.
    static func keys(matching pattern: String?, cursor: String?) -> APIRequest {
        let query = [("pattern", pattern), ("cursor", cursor)].compactMap { name, value in
            value.map { "\(name)=\(PercentEncoding.encode($0.utf8))" }
        }
        let path = "/api/cache/keys" + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
        return APIRequest(.GET, path, .member("keys"))
    }

    /// The value's bytes.
    package static func value(of key: CacheKey) throws(CacheClientError) -> APIRequest {
        var request = try get(key, .bytes)
        request.accept = "application/octet-stream"
        return request
    }

    /// The value within JSON.
    package static func entry(of key: CacheKey) throws(CacheClientError) -> APIRequest {
        try get(key, .member("found", "true"))
    }

    private static func get(_ key: CacheKey, _ sign: AnswerSign) throws(CacheClientError) -> APIRequest {
        var request = APIRequest(.GET, try path(of: key), sign)
        request.answers = [.notFound]
        return request
    }

    /// Stores bytes as they are, for good without `ttl`.
    package static func store(
        _ bytes: [UInt8],
        under key: CacheKey,
        ttl: Duration?
    ) throws(CacheClientError) -> APIRequest {
        let query = ttl.map { "?ttl=\($0.inSeconds)" } ?? ""
        var request = APIRequest(.PUT, try path(of: key) + query, stored)
        request.body = Body(type: "application/octet-stream", bytes: bytes)
        return request
    }

    /// Stores a value that is given as JSON, for good without `ttl`.
    package static func store(
        json: [UInt8],
        under key: CacheKey,
        ttl: Duration?
    ) throws(CacheClientError) -> APIRequest {
        .post(try path(of: key), "value", json, ttl: ttl, stored)
    }

    private static let stored = AnswerSign.member("stored", "true")

    /// Deletes a key; it needn't be there.
    package static func invalidate(_ key: CacheKey) throws(CacheClientError) -> APIRequest {
        APIRequest(.DELETE, try path(of: key), .member("invalidated", "true"))
    }

    /// The values of several keys, within JSON.
    package static func values(of keys: [CacheKey]) throws(CacheClientError) -> APIRequest {
        .post("/api/cache/batch-get", "keys", try JSONText.array(keys), .member("values"))
    }

    /// Stores several values, for good without `ttl`.
    ///
    /// - Parameter items: a JSON object of values by key.
    package static func store(items: [UInt8], ttl: Duration?) -> APIRequest {
        .post("/api/cache/batch-set", "items", items, ttl: ttl, .member("results"))
    }

    private static func path(of key: CacheKey) throws(CacheClientError) -> String {
        "/api/cache/key/" + PercentEncoding.encode(try key.askableBytes)
    }

    private static func post(
        _ path: String,
        _ member: String,
        _ json: [UInt8],
        ttl: Duration? = nil,
        _ sign: AnswerSign
    ) -> APIRequest {
        var request = APIRequest(.POST, path, sign)
        let bytes = Array("{\"\(member)\":".utf8) + json + Array((ttl.map { ",\"ttl\":\($0.inSeconds)}" } ?? "}").utf8)
        request.body = Body(type: "application/json", bytes: bytes)
        return request
    }
}
