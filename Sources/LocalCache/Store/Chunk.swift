/// What is known of a piece of the ``ChunkPool``. All zeros: it is free.
struct Chunk {
    /// How many slots of the pool it takes: 1, or more for one large entry; 0 when it is free.
    var slots: Int32 = 0
    /// The chunk behind it in its queue, with newer entries; 0 for none.
    var newer: Int32 = 0
    /// The chunk before it in its queue; 0 for none.
    var older: Int32 = 0
    /// As many bytes from its beginning hold entries, or held them.
    var used: UInt32 = 0
    /// As many of them are entries still in the cache.
    var live: UInt32 = 0
    /// Whether it is one large entry's.
    var isRun = false
    /// The queue that it is in.
    var queue = QueueKind.small

    /// Bytes that entries have left behind.
    var dead: Int { Int(used - live) }
}
