/// Where entries go, and how memory comes back.
extension EntryStore {
    // MARK: Making room

    /// Makes room for all that a new entry needs but its place in a chunk. False: there is none.
    func makeRoom(for id: CacheID, _ fill: CacheFill, _ size: Int, _ now: CacheTime) -> Bool {
        if let weigher {
            let weight = weight(id, fill, size, weigher)
            guard weight <= limit else { return false }
            while small.weight + main.weight + weight > limit { evict(now) }
        }
        // It goes to one of these, depending on whether there are other replies of its key.
        for tag in [EntryIndex.tag(id.hash), Self.tag(Self.identity(id))] {
            guard let table = index.tableWanted(for: tag) else { continue }
            guard makeMemory(table, now) else { return false }
            if let table = index.tableWanted(for: tag) { index.resize(for: tag, to: table) }
        }
        if let bytes = ghost.growth(for: counters.entries + 1), makeMemory(bytes, now) { ghost.grow() }
        return true
    }

    private func weight(_ id: CacheID, _ fill: CacheFill, _ size: Int, _ weigher: (CacheEntry) -> Int) -> Int {
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { buffer in
            buffer.baseAddress.map { weigher(CacheEntry(at: $0, id, fill)) } ?? 0
        }
    }

    /// Makes room until `bytes` more may be taken. False: there aren't as many.
    private func makeMemory(_ bytes: Int, _ now: CacheTime) -> Bool {
        while held + bytes > ceiling {
            if pool.spareCount > 0 {
                pool.discardSpare()
            } else if !reclaim(now) {
                return false
            }
        }
        return true
    }

    /// Whether a chunk may be taken for new entries.
    private var mayTakeChunk: Bool { held + (pool.spareCount > 0 ? 0 : pool.chunkSize) <= ceiling }

    private func makeChunk(_ now: CacheTime) -> Bool {
        while !mayTakeChunk {
            if pool.spareCount > 1 {
                pool.discardSpare()
            } else if !reclaim(now) {
                return false
            }
        }
        return true
    }

    /// Gets some memory back: by closing holes if there are many, or else by evicting. False: there is nothing to evict.
    private func reclaim(_ now: CacheTime) -> Bool {
        // Not while a chunk is being evicted, whose beginning is a hole that will be free with the rest of it.
        if small.position == 0, main.position == 0, compact(now) { return true }
        return evict(now) > 0
    }

    /// Evicts about as much as has just been added if the next chunk will need it, so that it needn't be done all at once.
    func evictAhead(_ size: Int, _ now: CacheTime) {
        guard weigher == nil, !mayTakeChunk, !isWorthCompacting else { return }
        var passed = 0
        while passed < size, !mayTakeChunk {
            let step = evict(now)
            if step == 0 { return }
            passed += step
        }
    }

    // MARK: Places

    /// A place for a new entry of `size` bytes; nil if there is none. What is in the way is evicted.
    func place(_ size: Int, inMain: Bool, _ now: CacheTime) -> EntryReference? {
        if size > pool.largestShared { return placeRun(size, inMain: inMain, now) }
        while !(inMain ? main : small).hasRoom(size, pool) {
            guard makeChunk(now) else { return nil }
            // Eviction may have begun a chunk of its own meanwhile.
            if !(inMain ? main : small).hasRoom(size, pool), !addChunk(toMain: inMain) { return nil }
        }
        return placeInNewest(size, inMain: inMain)
    }

    /// A place for what eviction keeps; nil if there is none. Up to a chunk's worth of what it passes is always granted.
    func placeKept(_ size: Int) -> EntryReference? {
        guard main.hasRoom(size, pool) || addChunk(toMain: true) else { return nil }
        return placeInNewest(size, inMain: true)
    }

    private func addChunk(toMain: Bool) -> Bool {
        guard let chunk = pool.take() else { return false }
        if toMain { main.append(chunk, pool) } else { small.append(chunk, pool) }
        return true
    }

    private func placeInNewest(_ size: Int, inMain: Bool) -> EntryReference {
        let chunk = inMain ? main.newest : small.newest
        let offset = pool[chunk].used
        pool[chunk].used += UInt32(truncatingIfNeeded: size)
        pool[chunk].live += UInt32(truncatingIfNeeded: size)
        return pool.reference(in: chunk, at: offset)
    }

    private func placeRun(_ size: Int, inMain: Bool, _ now: CacheTime) -> EntryReference? {
        guard makeMemory(Pages.round(size), now) else { return nil }
        while true {
            if let run = pool.takeRun(size) {
                pool[run].used = UInt32(truncatingIfNeeded: size)
                pool[run].live = pool[run].used
                if inMain { main.append(run, pool) } else { small.append(run, pool) }
                return pool.reference(in: run, at: 0)
            }
            guard evict(now) > 0 else { return nil }
        }
    }

    // MARK: Going

    /// Drops an entry that mustn't be served any more.
    func dropGone(_ reference: EntryReference, _ now: CacheTime) {
        if now.hasReached(pool.entry(reference).deadline) { counters.expiries += 1 }
        drop(reference)
    }

    /// Drops an entry.
    func drop(_ reference: EntryReference) {
        unlink(reference)
        count(pool.entry(reference), inMain: pool[pool.chunk(of: reference)].isMain, -1)
        vacate(reference)
    }

    /// Counts an entry in, or out.
    func count(_ entry: CacheEntry, inMain: Bool, _ sign: Int) {
        let weight = weight(entry) * sign
        if inMain { main.weight += weight } else { small.weight += weight }
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
        let queue = pool[chunk].isMain ? main : small
        sweeper.leave(chunk, for: chunk == queue.newest ? 0 : pool[chunk].newer)
        if chunk == queue.newest && !pool[chunk].isRun {
            pool[chunk].used = 0
            if chunk == queue.oldest { if queue.isMain { main.position = 0 } else { small.position = 0 } }
            return
        }
        take(chunk, outOf: queue)
        pool.giveBack(chunk)
    }

    /// Takes a chunk out of its queue.
    func take(_ chunk: Int32, outOf queue: EntryQueue) {
        sweeper.leave(chunk, for: pool[chunk].newer)
        compactor.leave(chunk, for: pool[chunk].newer)
        if queue.isMain { main.remove(chunk, pool) } else { small.remove(chunk, pool) }
    }
}
