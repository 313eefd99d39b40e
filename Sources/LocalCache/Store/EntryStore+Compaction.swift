/// Closing holes.
///
/// Entries that are removed leave holes all over the queues. When those come to an eighth of all chunks, they are
/// closed before anything is evicted: from the oldest chunk on, the entries of a chunk are moved together, and those of
/// the next one moved up, in order, until one is left without any. Nothing changes places with anything, so eviction
/// isn't misled; for each byte gained fewer than eight are copied.
extension EntryStore {
    private static let leastHoles = 4
    private static let leastShare = 8

    /// Whether there are enough holes.
    var isWorthCompacting: Bool {
        dead >= Self.leastHoles * pool.chunkSize && dead * Self.leastShare >= pool.bytes
    }

    /// Closes holes until a chunk is free. False: there are too few.
    func compact(_ now: CacheTime) -> Bool {
        guard isWorthCompacting else { return false }
        var rounds = 0
        while rounds < 2 * 3 {
            let chunk = compactor.chunk
            if chunk == 0 {
                compactor.queue = compactor.queue.next
                compactor.chunk = self[compactor.queue].oldest
                rounds += 1
            } else if isClosed(chunk) {
                compactor.chunk = pool[chunk].newer
            } else if fill(chunk, now) {
                return true
            } else {
                compactor.chunk = pool[chunk].newer
            }
        }
        return false
    }

    /// Whether nothing is to be gained from a chunk; new entries are being added to the newest.
    private func isClosed(_ chunk: Int32) -> Bool {
        pool[chunk].newer == 0 || pool[chunk].isRun
            || (pool[chunk].dead == 0 && Int(pool[chunk].used) > pool.chunkSize - pool.chunkSize / Self.leastShare)
    }

    /// Moves the entries of a chunk together, and as many as fit from the next one behind them. True if that has freed
    /// one.
    private func fill(_ chunk: Int32, _ now: CacheTime) -> Bool {
        hold(chunk)
        closeHoles(chunk, now)
        let source = pool[chunk].newer
        var isFreed = false
        if source != 0, pool[source].newer != 0, !pool[source].isRun {
            hold(source)
            move(from: source, to: chunk, now)
            isFreed = release(source)
        }
        return release(chunk) || isFreed
    }

    private func closeHoles(_ chunk: Int32, _ now: CacheTime) {
        sweeper.restart(chunk)
        var end: UInt32 = 0
        var offset: UInt32 = 0
        while offset < pool[chunk].used {
            let reference = pool.reference(in: chunk, at: offset)
            let entry = pool.entry(reference)
            let size = entry.size
            offset += UInt32(truncatingIfNeeded: size)
            if !entry.isRemoved && isGone(entry, now) { dropGone(reference, now) }
            if entry.isRemoved { continue }
            let place = pool.reference(in: chunk, at: end)
            if place != reference {
                pool.entry(place).block.copyMemory(from: entry.block, byteCount: size)
                relink(reference, to: place)
            }
            end += UInt32(truncatingIfNeeded: size)
        }
        dead -= Int(pool[chunk].used - end)
        pool[chunk].used = end
    }

    private func move(from source: Int32, to chunk: Int32, _ now: CacheTime) {
        var offset: UInt32 = 0
        while offset < pool[source].used {
            let reference = pool.reference(in: source, at: offset)
            let entry = pool.entry(reference)
            let size = UInt32(truncatingIfNeeded: entry.size)
            offset += size
            if !entry.isRemoved && isGone(entry, now) { dropGone(reference, now) }
            if entry.isRemoved { continue }
            guard Int(pool[chunk].used + size) <= pool.chunkSize else { return }
            let place = pool.reference(in: chunk, at: pool[chunk].used)
            pool.entry(place).block.copyMemory(from: entry.block, byteCount: Int(size))
            pool[chunk].used += size
            pool[chunk].live += size
            relink(reference, to: place)
            vacate(reference)
        }
    }
}
