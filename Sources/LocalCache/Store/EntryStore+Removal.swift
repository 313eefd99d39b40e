/// How entries go, and how memory comes back.
extension EntryStore {
    /// Drops an entry that mustn't be served any more.
    func dropGone(_ reference: EntryReference, _ now: CacheTime) {
        if now.hasReached(pool.entry(reference).deadline) { counters.expiries += 1 }
        drop(reference)
    }

    /// Drops an entry.
    func drop(_ reference: EntryReference) {
        unlink(reference)
        count(pool.entry(reference), in: pool[pool.chunk(of: reference)].queue, -1)
        vacate(reference)
    }

    /// Counts an entry in, or out.
    func count(_ entry: CacheEntry, in queue: QueueKind, _ sign: Int) {
        let weight = weight(entry)
        self[queue].weight += weight * sign
        plainWeight += plainWeight(entry) * sign
        counters.entries += sign
        if entry.isCompressed {
            let length = entry.reply.count
            counters.compressedEntries += sign
            counters.compressedBytes += length * sign
            counters.savedBytes += (entry.plainLength - length) * sign
        } else {
            counters.plainBytes += entry.reply.count * sign
        }
    }

    func weight(_ entry: CacheEntry) -> Int { weigher?(entry) ?? entry.size }

    /// What it would weigh if it weren't compressed.
    func plainWeight(_ entry: CacheEntry) -> Int {
        entry.isCompressed ? entry.size(reply: entry.plainLength) : weight(entry)
    }

    /// Leaves the block of an entry that has been dropped or has moved.
    func vacate(_ reference: EntryReference) {
        let entry = pool.entry(reference)
        let size = entry.size
        let chunk = pool.chunk(of: reference)
        entry.markRemoved()
        if !pool[chunk].isRun { dead += size }
        pool[chunk].live -= UInt32(truncatingIfNeeded: size)
        if pool[chunk].live == 0 { free(chunk) }
    }

    /// Keeps a chunk from being freed although nothing in it may be left.
    func hold(_ chunk: Int32) { pool[chunk].live += 1 }

    /// Lets go of a chunk that was held. True if it is free now.
    func release(_ chunk: Int32) -> Bool {
        pool[chunk].live -= 1
        guard pool[chunk].live == 0 else { return false }
        free(chunk)
        return true
    }

    /// Gives back a chunk of which nothing is left; the newest of a queue is filled anew instead.
    private func free(_ chunk: Int32) {
        if !pool[chunk].isRun { dead -= Int(pool[chunk].used) }
        let queue = self[pool[chunk].queue]
        sweeper.leave(chunk, for: chunk == queue.newest ? 0 : pool[chunk].newer)
        if chunk == queue.newest && !pool[chunk].isRun {
            pool[chunk].used = 0
            if chunk == queue.oldest { self[queue.kind].position = 0 }
            return
        }
        takeOut(chunk)
        pool.giveBack(chunk)
    }

    /// Takes a chunk out of its queue.
    func takeOut(_ chunk: Int32) {
        sweeper.leave(chunk, for: pool[chunk].newer)
        compactor.leave(chunk, for: pool[chunk].newer)
        self[pool[chunk].queue].remove(chunk, pool)
    }
}
