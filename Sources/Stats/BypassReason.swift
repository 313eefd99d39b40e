/// Why a read that might have been answered from the cache was forwarded like any other command.
public enum BypassReason: Int, Reason {
    /// The cache is switched off.
    case disabled
    /// The invalidation feed isn't there, so nothing can be promised.
    case feedDown
    /// A command was under way that changes keys and tells nobody which: FLUSHALL, SWAPDB, DEBUG.
    case suspended
    /// The server refuses CLIENT TRACKING to this identity, or doesn't have it.
    case trackingRefused
    /// The shared connection isn't tracked, or not yet.
    case untrackedConnection
    /// Inside MULTI or WATCH.
    case transaction
    /// The session has a connection to itself.
    case pinned
    /// Behind the session's own commands on that key.
    case ownWritePending
    /// The arguments, or how many or how long they or their replies are, make the reply one that isn't kept.
    case notCacheable
    /// CLIENT PAUSE is in force.
    case paused
    /// The cache doesn't admit the key for now.
    case notAdmitted
    /// Fields of hashes may expire by themselves.
    case fieldExpiry

    /// The reason in metrics and JSON.
    public var name: String {
        switch self {
        case .disabled: "disabled"
        case .feedDown: "feed_down"
        case .suspended: "suspended"
        case .trackingRefused: "tracking_refused"
        case .untrackedConnection: "untracked_connection"
        case .transaction: "transaction"
        case .pinned: "pinned"
        case .ownWritePending: "own_write_pending"
        case .notCacheable: "not_cacheable"
        case .paused: "paused"
        case .notAdmitted: "not_admitted"
        case .fieldExpiry: "field_expiry"
        }
    }
}
