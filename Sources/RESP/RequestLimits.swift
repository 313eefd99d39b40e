/// How much a client may send before it is refused: Redis's own limits, so that nobody meets a new one here.
///
/// Source: Redis 7.0 `networking.c` and `server.h`.
public struct RequestLimits: Sendable {
    /// The longest argument, in bytes (`proto-max-bulk-len`).
    public var bulkLength = 512 << 20
    /// The longest line: an inline command, a `*` line or a `$` line, in bytes (`PROTO_INLINE_MAX_SIZE`).
    public var lineLength = 64 << 10
    /// The longest command, all arguments together, in bytes (`client-query-buffer-limit`).
    public var frameLength = 1 << 30
    /// The most arguments of a client that has yet to authenticate.
    public static let unauthenticatedArguments = 10
    /// The longest argument of a client that has yet to authenticate, in bytes.
    public static let unauthenticatedBulkLength = 16384

    /// Redis's defaults.
    public init() {}
}
