/// A reply from the cache: a view that is valid only in the call it is passed to.
public struct CachedReply {
    /// What the bytes are.
    public enum Kind: UInt8, Sendable {
        /// The string at a key, without any framing: GET and MGET answer with it in either protocol version.
        case string = 1
        /// There is no such key. No bytes.
        case missing = 2
        /// A whole reply as it came over the wire.
        case wire = 3
    }

    /// What the bytes are.
    public let kind: Kind
    /// The bytes.
    public let bytes: UnsafeRawBufferPointer
}
