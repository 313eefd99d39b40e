/// Where entries are written.
extension EntryStore {
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
}
