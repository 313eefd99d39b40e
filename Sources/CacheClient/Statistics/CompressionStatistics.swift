/// What is compressed in the local cache.
public struct CompressionStatistics: Decodable, Sendable {
    /// Whether anything may be.
    public let enabled: Bool
    /// How many replies are.
    public let entries: Int
    /// What they take.
    public let bytes: Int
    /// What they would take besides, were they not.
    public let savedBytes: Int
}
