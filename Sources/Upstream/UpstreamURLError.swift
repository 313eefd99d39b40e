/// What is wrong with an upstream's URL, as a sentence that says what to write instead.
public enum UpstreamURLError: Error, Equatable, CustomStringConvertible {
    /// Nothing at all.
    case empty
    /// No `://`.
    case missingScheme
    /// A scheme that ocm doesn't speak.
    case unsupportedScheme(String)
    /// Nothing where the host should stand.
    case missingHost
    /// An IPv6 address without its brackets, or with one of them.
    case unbracketedAddress
    /// `user@` without a password.
    case missingPassword
    /// `unix://` without an absolute path.
    case missingPath
    /// A path that no socket can have.
    case pathTooLong
    /// Not a number from 1 to 65535.
    case invalidPort(String)
    /// Not a number from 0.
    case invalidDatabase(String)
    /// A `?` behind the host, as other clients' URLs have it.
    case unsupportedQuery
    /// A `%` without two hexadecimal digits.
    case invalidEscape

    /// The sentence.
    public var description: String {
        switch self {
        case .empty: "it is empty; write it as redis://host:6379, or leave it out to serve from memory"
        case .missingScheme: "write it as redis://host:6379, rediss://host:6379 (TLS) or unix:///path/to/redis.sock"
        case .unsupportedScheme(let scheme):
            "the scheme \(scheme):// is not supported; use redis://, rediss:// (TLS) or unix://"
        case .missingHost: "the host is missing; write it as redis://host:6379"
        case .unbracketedAddress: "an IPv6 address stands in brackets; write it as redis://[::1]:6379"
        case .missingPassword: "a user needs a password; write it as redis://user:password@host:6379"
        case .missingPath: "the path must be absolute; write it as unix:///path/to/redis.sock"
        case .pathTooLong: "the path of a unix socket has \(UnixSocketPath.longest) bytes at most"
        case .invalidPort(let port): "'\(port)' is not a port from 1 to 65535"
        case .invalidDatabase(let db): "'\(db)' is not a database number"
        case .unsupportedQuery: "there is no place for a ? in it; write it as redis://user:password@host:6379/db"
        case .invalidEscape: "% must be followed by two hexadecimal digits; a literal % is written %25"
        }
    }
}
