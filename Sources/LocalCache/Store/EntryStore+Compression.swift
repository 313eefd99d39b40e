/// Cold replies, made smaller.
///
/// An entry that eviction would drop is compressed, once: for the room of one entry some three are kept that way, of
/// which none has been asked for of late. What the main queue would drop stays in it for one more round. What the small
/// queue would drop goes to the *cold* queue, which has the room that small and main queue leave, and is evicted from
/// before the main queue is: nothing that was hit makes way for what wasn't, so a scan still pushes nothing out. What
/// is hit in the cold queue moves on to the main queue when it comes to the end, as from the small queue.
///
/// All this happens under the lock of a shard, on an event loop that others wait for: compressing takes 10 ms for a
/// megabyte. So no more than 256 KB are compressed for one entry that comes in, which takes some 2.5 ms; what else has
/// to leave for it leaves as it is. A larger reply is never compressed, so the compressor's buffers don't grow with it
/// either.
///
/// A second hit makes a compressed entry plain again. So what is hit often is never compressed, and never has to be
/// inflated.
extension EntryStore {
    /// What wasn't hit isn't compressed while the main queue takes all but one part in so many: the small queue needs
    /// most of that (``smallShare``), and what goes to the cold queue would have to leave at once.
    private static let leastColdShare = 7
    /// So many bytes are compressed at most to make room for one entry.
    static let mostCompressed = 256 << 10

    /// Compresses an entry instead of evicting it. False: there is no room for it all the same, or it is too small, or
    /// doesn't get smaller, or is compressed.
    func compress(_ reference: EntryReference) -> Bool {
        let entry = pool.entry(reference)
        let queue = pool[pool.chunk(of: reference)].queue == .main ? QueueKind.main : .cold
        guard let compressor, !entry.isCompressed, entry.reply.count >= compressor.minimumSize,
            entry.reply.count <= compressionBudget,
            queue == .main || (weight - main.weight) * Self.leastColdShare > weight
        else { return false }
        compressionBudget -= entry.reply.count
        guard let bytes = compressor.compress(entry.reply) else { return false }
        let size = entry.size(reply: bytes.count + 4)
        guard size < entry.size else { return false }
        if size > pool.largestShared {
            compressRun(pool.chunk(of: reference), entry, bytes, to: queue)
            return true
        }
        guard let place = placeKept(size, in: queue) else { return false }
        let plain = entry.plainLength
        let compressed = CacheEntry(at: pool.entry(place).block, like: entry, reply: bytes, plainLength: plain)
        replace(reference, by: place, compressed)
        return true
    }

    /// A large entry that stays large is compressed where it lies.
    private func compressRun(
        _ chunk: Int32,
        _ entry: CacheEntry,
        _ bytes: UnsafeRawBufferPointer,
        to queue: QueueKind
    ) {
        let plain = entry.plainLength
        let oldSize = entry.size
        count(entry, in: pool[chunk].queue, -1)
        let compressed = CacheEntry(at: entry.block, like: entry, reply: bytes, plainLength: plain)
        compressed.frequency = 0
        count(compressed, in: pool[chunk].queue, 1)
        pool.shrinkRun(chunk, from: oldSize, to: compressed.size)
        pool[chunk].used = UInt32(truncatingIfNeeded: compressed.size)
        pool[chunk].live = pool[chunk].used
        moveRun(chunk, compressed, to: queue)
    }

    /// Puts `entry`, written at `place`, in the stead of another that is the same but for its reply.
    private func replace(_ reference: EntryReference, by place: EntryReference, _ entry: CacheEntry) {
        entry.frequency = 0
        count(pool.entry(reference), in: pool[pool.chunk(of: reference)].queue, -1)
        count(entry, in: pool[pool.chunk(of: place)].queue, 1)
        relink(reference, to: place)
        vacate(reference)
    }

    /// A hit on a compressed entry. The first one leaves it as it is: a reader who goes once round everything would
    /// else make everything plain again that he meets. Nil if its bytes are corrupt.
    @inline(never)
    func findCompressed(_ entry: CacheEntry, _ id: CacheID, _ now: CacheTime) -> CachedReply? {
        guard entry.frequency == 0, let bytes = inflated(entry) else { return inflate(id, now) }
        entry.frequency = 1
        return CachedReply(kind: entry.kind, bytes: bytes)
    }

    /// A further hit on a compressed entry: it is plain again from now on. Nil if its bytes are corrupt.
    private func inflate(_ id: CacheID, _ now: CacheTime) -> CachedReply? {
        compressionBudget = Self.mostCompressed
        let reference = lookup(id)
        // It must not be evicted to make room for itself.
        pool.entry(reference).frequency = CacheEntry.mostFrequency
        let size = pool.entry(reference).size(reply: pool.entry(reference).plainLength)
        let place = size <= limit / 2 ? place(size, in: .main, now) : nil
        // But it may have moved.
        let moved = lookup(id)
        guard moved != 0, let bytes = inflated(pool.entry(moved)) else {
            if let place { forgo(place, size) }
            if moved != 0 { drop(moved) }
            return nil
        }
        let entry = pool.entry(moved)
        guard let place else { return CachedReply(kind: entry.kind, bytes: bytes) }
        let plain = CacheEntry(at: pool.entry(place).block, like: entry, reply: bytes, plainLength: nil)
        replace(moved, by: place, plain)
        return CachedReply(kind: plain.kind, bytes: plain.reply)
    }

    /// The plain bytes of a compressed entry's reply, valid until the compressor's next use; nil if they are corrupt.
    func inflated(_ entry: CacheEntry) -> UnsafeRawBufferPointer? {
        compressor?.inflate(entry.compressedReply, size: entry.plainLength)
    }

    /// Leaves a place that nothing has been written to.
    private func forgo(_ place: EntryReference, _ size: Int) {
        CacheEntry.writeHole(at: pool.entry(place).block, size)
        vacate(place)
    }
}
