import Upstream

/// Whether reads are answered from the local cache, and why not.
public enum CacheState: Sendable, Equatable {
    /// There is no upstream: everything is in memory.
    case embedded
    /// It was turned off.
    case off
    /// Invalidations aren't heard yet, or any more, for this reason: nothing is served that may have changed.
    case waitingForFeed(String?)
    /// The server refuses what it takes to cache: to track what is read, or to tell a key's time to live.
    case trackingRefused(TrackingRefusal)
    /// They are, for a fixed time, since the server refuses to track what is read: others' changes aren't heard of.
    case untracked
    /// They are.
    case on

    /// Why nothing is cached that might be, in a sentence.
    public var reason: String? {
        switch self {
        case .embedded, .off, .untracked, .on: nil
        case .waitingForFeed(let reason):
            "the invalidation feed isn't connected" + (reason.map { ": \($0)" } ?? " yet")
        case .trackingRefused(let refusal): "Redis refuses \(refusal.command): \(refusal.reason)"
        }
    }

    /// In a few words.
    public var text: String {
        switch self {
        case .embedded, .off: "off"
        case .waitingForFeed: "waiting for the invalidation feed"
        case .trackingRefused: "tracking refused"
        case .untracked: "untracked"
        case .on: "on"
        }
    }
}
