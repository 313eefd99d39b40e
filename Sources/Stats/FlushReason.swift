/// Why the cache, or a part of it, was emptied.
public enum FlushReason: Int, Reason {
    /// The invalidation feed was lost.
    case feedLost
    /// A client gave FLUSHALL or FLUSHDB.
    case flushCommand
    /// A client gave an ACL command, which may have changed what a user may read.
    case acl
    /// A client gave SWAPDB.
    case swapdb
    /// A client gave DEBUG.
    case debug
    /// A client changed whose replica the server is.
    case replication
    /// The user asked for it.
    case requested
    /// The server said that everything is invalid.
    case serverFlush
    /// A shared connection closed, and with it went what the server tracked for it.
    case connectionLost
    /// Parts of the cache that belonged to users, or databases, whom nobody is any more were given to others.
    case namespacesReused

    /// The reason in metrics and JSON.
    public var name: String {
        switch self {
        case .feedLost: "feed_lost"
        case .flushCommand: "flush_command"
        case .acl: "acl"
        case .swapdb: "swapdb"
        case .debug: "debug"
        case .replication: "replication"
        case .requested: "requested"
        case .serverFlush: "server_flush"
        case .connectionLost: "connection_lost"
        case .namespacesReused: "namespaces_reused"
        }
    }
}
