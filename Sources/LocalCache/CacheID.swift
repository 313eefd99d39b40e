/// What a cached reply is the reply to: a view of bytes that are someone else's.
public struct CacheID {
    /// The hash of the key, by ``RESP/KeyHash``.
    public let hash: UInt64
    /// The key.
    public let key: UnsafeRawBufferPointer
    /// Who may see the reply: one user, one database, and one protocol version where that matters.
    public let namespace: UInt16
    /// What tells the replies of a key apart: the command and its other arguments, each with its length. Empty for the
    /// string at the key.
    public let arguments: UnsafeRawBufferPointer

    /// The longest key, and the longest arguments, in bytes, whose replies can be kept.
    public static let longestPart = Int(UInt16.max)

    /// What `arguments` ask of `key` in `namespace`.
    @inlinable
    public init(
        hash: UInt64,
        key: UnsafeRawBufferPointer,
        namespace: UInt16,
        arguments: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
    ) {
        self.hash = hash
        self.key = key
        self.namespace = namespace
        self.arguments = arguments
    }
}
