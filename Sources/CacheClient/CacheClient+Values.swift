/// Values, one at a time.
extension CacheClient {
    /// The bytes stored under `key`, exactly as they are; nil if there is no such key.
    public func get(_ key: CacheKey) async throws(CacheClientError) -> [UInt8]? {
        let reply = try await perform(.value(of: key))
        return try reply.isFound(url: url) ? reply.body : nil
    }

    /// Stores bytes of any kind.
    ///
    /// - Parameter ttl: after what time the key expires, from 1 ms; nil for never.
    public func set(_ key: CacheKey, bytes: [UInt8], ttl: Duration? = nil) async throws(CacheClientError) {
        _ = try await perform(.store(bytes, under: key, ttl: ttl))
    }

    /// Stores a JSON text byte for byte; of a string that isn't the text of another JSON value, what it stands for:
    /// `"abc"` is stored as `abc`, as REST clients in other languages store their strings.
    ///
    /// - Parameter ttl: after what time the key expires, from 1 ms; nil for never.
    public func set(_ key: CacheKey, json: [UInt8], ttl: Duration? = nil) async throws(CacheClientError) {
        _ = try await perform(.store(json: json, under: key, ttl: ttl))
    }

    /// Deletes a key; it needn't be there.
    public func invalidate(_ key: CacheKey) async throws(CacheClientError) {
        _ = try await perform(.invalidate(key))
    }

    /// Deletes every key of the database.
    public func invalidateAll() async throws(CacheClientError) {
        _ = try await perform(.invalidateAll)
    }
}
