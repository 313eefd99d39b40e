import LocalCache
import ValueCompression

extension ReplyCacheConfiguration {
    /// Has replies of at least `smallest` bytes compressed when they would have to leave.
    public mutating func compress(from smallest: Int) {
        makeCompressor = { ValueCompressor(minimumSize: smallest) }
    }
}

/// What the cache wants of a compressor is what zlib's does; the two don't know each other.
extension ValueCompressor: EntryCompressor {}
