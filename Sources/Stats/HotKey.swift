/// A key in a ``HotKeyTable``, told from others by its 64-bit hash.
struct HotKey {
    var hash: UInt64 = 0
    /// How many times it was seen; 0 for a place that is free.
    var count = 0
    /// How many bytes the key has, those that aren't kept included.
    var length = 0
}
