/// The local cache.
public struct LocalCacheStatistics: Decodable, Sendable {
    /// Whether there is one.
    public let enabled: Bool
    /// Whether it is in use, or what keeps it from that: `on`, `off`, `waiting for the invalidation feed`, ….
    public let state: String
    /// How many replies it holds.
    public let entries: Int
    /// Replies that had to make room.
    public let evictions: Int
    /// Replies whose time was up.
    public let expiries: Int
    /// Replies that were kept.
    public let fills: Int
    /// Keys that changed.
    public let invalidations: Int
    /// How often everything was dropped.
    public let flushes: Int
    /// Replies that were held until Redis's messages were in.
    public let waits: Int
}
