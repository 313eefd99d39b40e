/// How a server is.
public struct ServerHealth: Decodable, Sendable {
    /// In a word.
    public enum Status: String, Decodable, Sendable {
        /// All is as it should be.
        case healthy
        /// It serves, but can't cache, though it should.
        case degraded
        /// It can't serve, since Redis is away.
        case unhealthy
    }

    /// In a word.
    public let status: Status
    /// Why it isn't healthy.
    public let reason: String?
    /// The time there, UTC, such as `2023-06-15T12:34:56.789012`.
    public let timestamp: String
}
