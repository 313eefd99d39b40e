/// The connection to Redis.
public struct UpstreamStatistics: Decodable, Sendable {
    /// Where Redis is, without a password.
    public let url: String
    /// `up`, `connecting` or `down`.
    public let state: String
    /// Why it is down.
    public let error: String?
}
