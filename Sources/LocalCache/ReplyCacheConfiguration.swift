/// How large a cache is, and how much it may do for it.
public struct ReplyCacheConfiguration: Sendable {
    /// How many bytes it may take, everything included.
    public var memoryLimit: Int
    /// The largest reply that is kept, in bytes.
    public var largestEntry: Int
    /// Makes what a shard compresses with; nil for no compression.
    public var makeCompressor: (@Sendable () -> any EntryCompressor)?

    /// A cache of at most `memoryLimit` bytes.
    public init(
        memoryLimit: Int,
        largestEntry: Int = 1 << 20,
        makeCompressor: (@Sendable () -> any EntryCompressor)? = nil
    ) {
        self.memoryLimit = memoryLimit
        self.largestEntry = largestEntry
        self.makeCompressor = makeCompressor
    }
}
