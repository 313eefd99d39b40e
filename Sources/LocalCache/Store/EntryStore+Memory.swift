/// Making room for what comes in.
extension EntryStore {
    /// Makes room for all that a new entry needs but its place in a chunk. False: there is none.
    func makeRoom(for id: CacheID, _ fill: CacheFill, _ size: Int, _ now: CacheTime) -> Bool {
        if weigher != nil {
            let weight = weight(id, fill, size)
            guard weight <= limit else { return false }
            while self.weight + weight > limit { evict(now) }
        }
        // It goes to one of these, depending on whether there are other replies of its key.
        guard makeRoomInIndex(EntryIndex.tag(id.hash), now), makeRoomInIndex(Self.tag(Self.identity(id)), now) else {
            return false
        }
        if let bytes = ghost.growth(for: counters.entries + 1), makeMemory(bytes, now) { ghost.grow() }
        return true
    }

    private func makeRoomInIndex(_ tag: UInt32, _ now: CacheTime) -> Bool {
        guard let table = index.tableWanted(for: tag) else { return true }
        guard makeMemory(table, now) else { return false }
        // Eviction may have made room there meanwhile.
        if let table = index.tableWanted(for: tag) { index.resize(for: tag, to: table) }
        return true
    }

    /// What the entry will weigh.
    func weight(_ id: CacheID, _ fill: CacheFill, _ size: Int) -> Int {
        guard let weigher else { return size }
        return withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { buffer in
            buffer.baseAddress.map { weigher(CacheEntry(at: $0, id, fill)) } ?? 0
        }
    }

    /// Makes room until `bytes` more may be taken. False: there aren't as many.
    func makeMemory(_ bytes: Int, _ now: CacheTime) -> Bool {
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

    /// Whether the cold queue may take one for what is compressed.
    var mayTakeColdChunk: Bool { pool.spareCount > 0 || held <= ceiling }

    /// Makes room until a chunk may be taken for new entries. False: there is none.
    func makeChunk(_ now: CacheTime) -> Bool {
        while !mayTakeChunk {
            if pool.spareCount > 1 {
                pool.discardSpare()
            } else if !reclaim(now) {
                return false
            }
        }
        return true
    }

    /// Gets some memory back: by closing holes if there are many, or else by evicting. False: there is nothing to
    /// evict.
    private func reclaim(_ now: CacheTime) -> Bool {
        // Not while a chunk is being evicted, whose beginning is a hole that will be free with the rest of it.
        if small.position == 0, cold.position == 0, main.position == 0, compact(now) { return true }
        return evict(now) > 0
    }

    /// Goes on with evicting, in step with what is added, if the next chunk will need it: so that it needn't be done
    /// all at once. Twice as much is passed as is added, since some of it is kept.
    func evictAhead(_ size: Int, _ now: CacheTime) {
        guard weigher == nil, !mayTakeChunk, !isWorthCompacting else { return }
        var passed = 0
        while passed < size * 2, !mayTakeChunk {
            let step = evict(now)
            if step == 0 { return }
            passed += step
        }
    }
}
