/// Where entries are written.
extension EntryStore {
    /// A place for a new entry of `size` bytes; nil if there is none. What is in the way is evicted.
    func place(_ size: Int, in queue: QueueKind, _ now: CacheTime) -> EntryReference? {
        if size > pool.largestShared { return placeRun(size, in: queue, now) }
        while !self[queue].hasRoom(size, pool) {
            guard makeChunk(now) else { return nil }
            // Eviction may have begun a chunk of its own meanwhile.
            if !self[queue].hasRoom(size, pool), !addChunk(to: queue) { return nil }
        }
        return placeInNewest(size, of: queue)
    }

    /// A place for what eviction keeps; nil if there is none. In the main queue, up to a chunk's worth of what it
    /// passes is always granted. The cold queue may begin one chunk beyond what new entries may take up.
    func placeKept(_ size: Int, in queue: QueueKind) -> EntryReference? {
        if !self[queue].hasRoom(size, pool) {
            guard queue == .main || mayTakeColdChunk, addChunk(to: queue) else { return nil }
        }
        return placeInNewest(size, of: queue)
    }

    private func addChunk(to queue: QueueKind) -> Bool {
        guard let chunk = pool.take() else { return false }
        self[queue].append(chunk, pool)
        return true
    }

    private func placeInNewest(_ size: Int, of queue: QueueKind) -> EntryReference {
        let chunk = self[queue].newest
        let offset = pool[chunk].used
        pool[chunk].used += UInt32(truncatingIfNeeded: size)
        pool[chunk].live += UInt32(truncatingIfNeeded: size)
        return pool.reference(in: chunk, at: offset)
    }

    private func placeRun(_ size: Int, in queue: QueueKind, _ now: CacheTime) -> EntryReference? {
        guard makeMemory(Pages.round(size), now) else { return nil }
        while true {
            if let run = pool.takeRun(size) {
                pool[run].used = UInt32(truncatingIfNeeded: size)
                pool[run].live = pool[run].used
                self[queue].append(run, pool)
                return pool.reference(in: run, at: 0)
            }
            guard evict(now) > 0 else { return nil }
        }
    }
}
