/// What comes in, and what goes for reasons of its own.
extension EntryStore {
    /// Keeps the reply to `id` in place of the one there is. False: it is too large, and there is none now.
    ///
    /// The limits are: `largestEntry` for the reply, 65,535 bytes for the key and the arguments each, half the store
    /// for all of it. Nothing may come through a source that was closed.
    package func insert(_ id: CacheID, _ fill: CacheFill, now: CacheTime) -> Bool {
        compressionBudget = Self.mostCompressed
        var isHot = false
        var frequency: UInt8 = 0
        let old = lookup(id)
        if old != 0 {
            isHot = pool[pool.chunk(of: old)].queue == .main
            frequency = pool.entry(old).frequency
            drop(old)
        }
        let size = CacheEntry.size(key: id.key.count, arguments: id.arguments.count, reply: fill.reply.count)
        guard isAcceptable(id, fill, size), makeRoom(for: id, fill, size, now) else { return false }
        if let ghost = ghost.remove(Self.identity(id)), isWorthMain(age: ghost.age, weight: weight(id, fill, size)) {
            isHot = true
            if ghost.cameInBurst { bursts.noteReturned() }
        }
        let queue = isHot ? QueueKind.main : .small
        guard let reference = place(size, in: queue, now) else { return false }
        let entry = CacheEntry(at: pool.entry(reference).block, id, fill)
        entry.frequency = frequency
        link(reference)
        count(entry, in: queue, 1)
        if queue == .small {
            youth.note(weight(entry))
            entry.noteBirth(youth)
        }
        evictAhead(size, now)
        return true
    }

    private func isAcceptable(_ id: CacheID, _ fill: CacheFill, _ size: Int) -> Bool {
        fill.reply.count <= largestEntry && id.key.count <= CacheID.longestPart
            && id.arguments.count <= CacheID.longestPart && (weigher != nil || size <= limit / 2)
            && !closedSources.contains(fill.source)
    }

    /// Removes every reply of the keys with this hash: how many.
    @discardableResult
    package func remove(hash: UInt64) -> Int {
        var count = 0
        while true {
            let first = first(EntryIndex.tag(hash))
            if first == 0 { return count }
            // The others before it, lest each becomes the first in turn.
            while pool.entry(first).next != 0 {
                drop(pool.entry(first).next)
                count += 1
            }
            drop(first)
            count += 1
        }
    }

    /// Removes everything: how many entries.
    @discardableResult
    package func removeAll() -> Int {
        let count = counters.entries
        small.removeAll(pool)
        cold.removeAll(pool)
        main.removeAll(pool)
        while pool.spareCount > 0 { pool.discardSpare() }
        index.removeAll()
        ghost.shrink(for: 0)
        closedSources.removeAll()
        sweeper = Sweeper()
        compactor = Compactor()
        dead = 0
        plainWeight = 0
        counters.entries = 0
        counters.plainBytes = 0
        counters.compressedEntries = 0
        counters.compressedBytes = 0
        counters.savedBytes = 0
        return count
    }

    /// What came through this connection is gone, and its memory comes back by and by.
    package func closeSource(_ source: UInt32) {
        guard counters.entries > 0, !closedSources.insert(source) else { return }
        for queue in [small, cold, main] {
            var chunk = queue.oldest
            while chunk != 0 {
                let newer = pool[chunk].newer
                removeEntries(of: source, in: chunk)
                chunk = newer
            }
        }
    }

    private func removeEntries(of source: UInt32, in chunk: Int32) {
        hold(chunk)
        var offset: UInt32 = 0
        while offset < pool[chunk].used {
            let reference = pool.reference(in: chunk, at: offset)
            let entry = pool.entry(reference)
            offset += UInt32(truncatingIfNeeded: entry.size)
            if !entry.isRemoved && entry.source == source { drop(reference) }
        }
        _ = release(chunk)
    }
}
