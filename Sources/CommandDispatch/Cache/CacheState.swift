/// Whether reads are answered from the local cache, and why not.
public enum CacheState: Sendable, Equatable {
    /// There is no upstream: everything is in memory.
    case embedded
    /// It was turned off.
    case off
    /// Invalidations aren't heard yet, or any more: nothing is served that may have changed.
    case waitingForFeed
    /// The server refuses to track what is read, in these words.
    case trackingRefused(String)
    /// They are.
    case on

    /// In a few words.
    public var text: String {
        switch self {
        case .embedded, .off: "off"
        case .waitingForFeed: "waiting for the invalidation feed"
        case .trackingRefused: "tracking refused"
        case .on: "on"
        }
    }
}
