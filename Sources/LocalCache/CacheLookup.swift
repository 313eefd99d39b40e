/// What came of asking the cache.
public enum CacheLookup: Equatable, Sendable {
    /// The reply has been written: a string, a missing key, or a whole reply.
    case hit(CachedReply.Kind)
    /// There is none.
    case absent
    /// There is one, but it may be older than what a client has been told: ask again when this round is settled.
    case inDoubt(UInt64)
    /// Nothing may be served now: invalidations aren't heard.
    case closed
    /// Nothing may be served now: a command is under way that changes keys and tells nobody.
    case suspended
}
