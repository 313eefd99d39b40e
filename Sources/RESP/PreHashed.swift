/// A hash that was made with a secret seed, as a key of dictionaries: hashing it once more would only cost time.
public struct PreHashed: Hashable, Sendable {
    /// The hash.
    public let value: UInt64

    /// The key for `value`.
    @inlinable
    public init(_ value: UInt64) { self.value = value }

    /// Feeds the hash to `hasher`, for whoever hashes it together with something else.
    @inlinable
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }

    /// The hash itself, for whoever hashes it alone: dictionaries and sets.
    @inlinable
    public func _rawHashValue(seed: Int) -> Int { Int(truncatingIfNeeded: value) ^ seed }
}
