import LocalCache
import NIOCore

/// What the local cache may do.
public struct CacheConfiguration: Sendable {
    /// Its size.
    public var store: ReplyCacheConfiguration
    /// How long an entry lives at most, whatever its key's time to live.
    public var longestLife = TimeAmount.hours(1)

    /// How long what is read over a connection is kept that Redis refuses to track; nil to keep nothing. Nobody tells
    /// then that it has changed.
    public var untrackedLife: TimeAmount?

    /// A cache with `store`.
    public init(store: ReplyCacheConfiguration) { self.store = store }
}
