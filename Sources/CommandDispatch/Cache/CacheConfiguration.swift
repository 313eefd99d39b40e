import LocalCache
import NIOCore

/// What the local cache may do.
public struct CacheConfiguration: Sendable {
    /// Its size.
    public var store: ReplyCacheConfiguration
    /// How long an entry lives at most, whatever its key's time to live.
    public var longestLife = TimeAmount.hours(1)

    /// A cache with `store`.
    public init(store: ReplyCacheConfiguration) { self.store = store }
}
