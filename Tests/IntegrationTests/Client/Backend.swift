import TestSupport

/// What a server serves from.
enum Backend: CaseIterable {
    case memory
    case redis

    /// A server, and what it must not lose before it ends.
    func start(_ arguments: [String] = []) throws -> (server: OCMServer, redis: RedisServer?) {
        let redis = self == .redis ? try RedisServer() : nil
        return (try OCMServer(upstream: redis?.url, arguments), redis)
    }
}
