/// A reply to be kept.
public struct CacheFill {
    /// What the reply is.
    public let kind: CachedReply.Kind
    /// Its bytes.
    public let reply: UnsafeRawBufferPointer
    /// From when on it may no longer be served.
    public let deadline: CacheTime
    /// Whether that is when its key expires: else the reply may outlast it.
    public let expiresWithKey: Bool
    /// The connection that it came through: when that closes, the server forgets what it tracked for it.
    public let source: UInt32

    /// A reply that came through `source` and lasts until `deadline`.
    public init(
        kind: CachedReply.Kind,
        reply: UnsafeRawBufferPointer,
        deadline: CacheTime,
        expiresWithKey: Bool = false,
        source: UInt32
    ) {
        self.kind = kind
        self.reply = reply
        self.deadline = deadline
        self.expiresWithKey = expiresWithKey
        self.source = source
    }
}
