/// What the server says of itself.
extension CacheClient {
    /// How the server is. That it is unhealthy is an answer, no error; an error is that it can't be asked.
    public func healthcheck() async throws(CacheClientError) -> ServerHealth {
        try await perform(.healthcheck).decoded(ServerHealth.self, url: url)
    }

    /// What the server has counted and measured.
    public func stats() async throws(CacheClientError) -> ServerStatistics {
        try await perform(.statistics).decoded(ServerStatistics.self, url: url)
    }

    /// The keys of the database, asked for page by page as they are needed.
    ///
    /// As with Redis's SCAN, a key that comes or goes meanwhile may be among them or not, and one may be named twice.
    ///
    /// - Parameter pattern: a glob as Redis has it; without any of `*?[\` a prefix; nil for all keys.
    public func keys(matching pattern: String? = nil) -> KeySequence {
        KeySequence(client: self, pattern: pattern)
    }
}
