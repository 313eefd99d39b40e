/// A FIFO of entries: chunks of the ``ChunkPool``, linked from the oldest to the newest.
///
/// New entries are written to the end of the newest chunk. Eviction passes from the beginning of the oldest, entry by
/// entry; what it keeps is written anew at the end of a queue. An entry that is removed elsewhere leaves a hole. A
/// chunk goes back to the pool as soon as nothing in it is left.
struct EntryQueue {
    let kind: QueueKind
    private(set) var oldest: Int32 = 0
    private(set) var newest: Int32 = 0
    /// Up to here eviction has passed the oldest chunk.
    var position: UInt32 = 0
    /// What the entries weigh together.
    var weight = 0

    init(_ kind: QueueKind) { self.kind = kind }

    /// Adds a chunk behind the newest; a large entry's before it if that can still be filled.
    mutating func append(_ chunk: Int32, _ pool: ChunkPool) {
        pool[chunk].queue = kind
        let isBeingEvicted = newest == oldest && position > 0
        if pool[chunk].isRun, newest != 0, !pool[newest].isRun, !isBeingEvicted {
            insert(chunk, between: pool[newest].older, and: newest, pool)
        } else {
            insert(chunk, between: newest, and: 0, pool)
        }
    }

    private mutating func insert(_ chunk: Int32, between older: Int32, and newer: Int32, _ pool: ChunkPool) {
        pool[chunk].older = older
        pool[chunk].newer = newer
        if older != 0 { pool[older].newer = chunk } else { oldest = chunk }
        if newer != 0 { pool[newer].older = chunk } else { newest = chunk }
    }

    /// Takes a chunk out.
    mutating func remove(_ chunk: Int32, _ pool: ChunkPool) {
        let older = pool[chunk].older
        let newer = pool[chunk].newer
        if older != 0 {
            pool[older].newer = newer
        } else {
            oldest = newer
            position = 0
        }
        if newer != 0 { pool[newer].older = older } else { newest = older }
    }

    /// Gives all chunks back.
    mutating func removeAll(_ pool: ChunkPool) {
        while oldest != 0 {
            let chunk = oldest
            remove(chunk, pool)
            pool.giveBack(chunk)
        }
        weight = 0
    }

    /// Whether `size` more bytes fit into the newest chunk.
    @inline(__always)
    func hasRoom(_ size: Int, _ pool: ChunkPool) -> Bool {
        newest != 0 && !pool[newest].isRun && Int(pool[newest].used) + size <= pool.chunkSize
    }

    /// Whether there are no entries. (The newest chunk may stay although it is empty.)
    func isEmpty(_ pool: ChunkPool) -> Bool { oldest == 0 || pool[oldest].live == 0 }

    /// The entry that eviction has to decide on next; there must be one.
    mutating func next(_ pool: ChunkPool) -> EntryReference {
        while true {
            let reference = pool.reference(in: oldest, at: position)
            let entry = pool.entry(reference)
            if !entry.isRemoved { return reference }
            position += UInt32(truncatingIfNeeded: entry.size)
        }
    }
}
