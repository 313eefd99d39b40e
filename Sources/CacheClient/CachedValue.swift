/// A value among others in the answer to a batch.
public enum CachedValue: Hashable, Sendable {
    /// The value's JSON text, byte for byte; text that is no JSON comes as a JSON string.
    case json([UInt8])
    /// The value's bytes, which aren't UTF-8.
    case binary([UInt8])
}
