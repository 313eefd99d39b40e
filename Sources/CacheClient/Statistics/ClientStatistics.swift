/// Who is connected.
public struct ClientStatistics: Decodable, Sendable {
    /// Redis clients.
    public let redis: Int
    /// HTTP clients.
    public let rest: Int
    /// How many were turned away.
    public let rejected: Int
}
