/// Why a command has no reply from the server.
public enum UpstreamFailure: Error, Equatable, Sendable {
    /// The server can't be reached. The command was not sent.
    case unreachable(server: String, reason: String)
    /// The server and we don't trust each other (TLS), which doesn't change by itself. The command was not sent.
    case untrusted(server: String, reason: String)
    /// The server turned the connection away with `line` (without the `-`). The command was not sent.
    case refused(line: String)
    /// The connection broke when the command was on its way: the server may or may not have executed it.
    case lost(server: String, reason: String)
    /// The server stayed silent: it may or may not execute the command yet.
    case timedOut(server: String, after: String)

    /// The same, of a connection that never came about: nothing was sent over it.
    var whileConnecting: UpstreamFailure {
        if case .lost(let server, let reason) = self { .unreachable(server: server, reason: reason) } else { self }
    }

    /// The error reply's text, without the `-`.
    ///
    /// It begins with LOADING if the server can't be reached: by that word clients know that nothing was done and that
    /// trying again will help (redis-py takes it for a lost connection, go-redis tries again by itself), as they would
    /// if they couldn't reach Redis themselves.
    public var message: String {
        switch self {
        case .untrusted(let server, let reason):
            "ERR ocm cannot reach Redis at \(server): \(reason); the command was not sent"
        case .unreachable(let server, let reason):
            "LOADING ocm cannot reach Redis at \(server): \(reason); the command was not sent"
        case .refused(let line):
            line
        case .lost(let server, let reason):
            "ERR ocm lost its connection to Redis at \(server): \(reason); "
                + "the command may or may not have been executed"
        case .timedOut(let server, let after):
            "ERR ocm got no answer from Redis at \(server) within \(after); "
                + "the command may or may not have been executed"
        }
    }
}
