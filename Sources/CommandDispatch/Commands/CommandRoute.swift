/// How a command is dealt with.
enum CommandRoute: UInt8, Sendable {
    /// Over the shared connection.
    case forward
    /// Over a pinned connection, where it may wait for other clients.
    case blocking
    /// Blocking when `BLOCK` is among its arguments, else forwarded.
    case blockingIfAsked
    /// Over a pinned connection: while a script runs long, Redis answers other connections `-BUSY` and takes
    /// `SCRIPT KILL` from them, but the script's own connection waits, and with it everybody who shares it.
    case script
    /// `SCRIPT`, `FUNCTION`: the subcommand DEBUG leaves state on its connection, KILL and STATS must get through while
    /// the server is busy, the others are forwarded.
    case scripts
    /// `SHUTDOWN`: over a pinned connection, as a script, since Redis may wait for its replicas, and takes `SHUTDOWN
    /// ABORT` meanwhile; it must get through while the server is busy.
    case shutdown
    /// Gives fields of a hash their ends, which ``FieldExpiry`` wants to know; forwarded.
    case fieldExpiry
    /// `WAIT`: over a pinned connection, behind a PING.
    case wait
    /// These open, end or abandon a transaction, on a pinned connection.
    case multi
    case exec
    case discard
    case watch
    case unwatch
    /// These change what the session is to the server.
    case select
    case auth
    case hello
    /// `CLIENT`: by its subcommand.
    case client
    /// Leaves state on its connection that no other session may meet: the session keeps the connection.
    case connectionState
    /// Into a tunnel: it is answered once for each channel.
    case subscription
    /// From here on replies don't match commands one to one, but are still RESP.
    case tunnel
    /// From here on what comes isn't RESP, or not even an answer: replication.
    case rawTunnel
    /// `CACHE`: about the local cache.
    case cache
    /// The upstream's `INFO` and our own section.
    case info
    /// Ends the connection after its replies.
    case quit
    /// Makes the session as new.
    case reset
    /// An HTTP request that reached the wrong port: the connection ends at once, as in Redis, so that a web page can't
    /// use a browser to talk to Redis.
    case http
}
