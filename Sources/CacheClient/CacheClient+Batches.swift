/// Many values in one request, at most 10,000.
extension CacheClient {
    /// The values of those of the keys that are there.
    public func batchGet(_ keys: [CacheKey]) async throws(CacheClientError) -> [CacheKey: CachedValue] {
        try await perform(.values(of: keys)).batchValues(url: url)
    }

    /// Stores JSON texts, each as ``set(_:json:ttl:)`` does.
    ///
    /// - Parameter ttl: after what time the keys expire, from 1 ms; nil for never.
    /// - Returns: for each key that could not be stored, why.
    public func batchSet(
        _ items: [CacheKey: [UInt8]],
        ttl: Duration? = nil
    ) async throws(CacheClientError) -> [CacheKey: String] {
        try await perform(.store(items: try JSONText.object(items), ttl: ttl)).batchErrors(url: url)
    }
}
