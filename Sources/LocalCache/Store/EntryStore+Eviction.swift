/// Which entries go when there is no room: see ``EntryStore``.
extension EntryStore {
    /// The small queue's share of the weight: one part in so many.
    private static let smallShare = 10

    /// Decides about the entry at the end of one of the queues. How many bytes of the queue it has passed; 0 if there is
    /// nothing left.
    @discardableResult
    func evict(_ now: CacheTime) -> Int {
        let fromMain = evictsFromMain
        guard !(fromMain ? main : small).isEmpty(pool) else { return 0 }
        let reference = fromMain ? main.next(pool) : small.next(pool)
        let entry = pool.entry(reference)
        let size = entry.size
        if !pool[pool.chunk(of: reference)].isRun {
            if fromMain { main.position += UInt32(size) } else { small.position += UInt32(size) }
        }
        if isGone(entry, now) {
            dropGone(reference, now)
        } else if entry.frequency >= (fromMain ? 1 : hitsToStay(entry)), keep(reference) {
            return size
        } else if !compress(reference) {
            if !fromMain || entry.isCompressed { ghost.insert(Self.identity(entry)) }
            counters.evictions += 1
            drop(reference)
        }
        return size
    }

    private var evictsFromMain: Bool {
        if weigher == nil {
            // A chunk that has been begun is finished: memory comes back when all of it is passed.
            if small.position > 0 { return false }
            if main.position > 0 { return true }
        }
        if main.isEmpty(pool) { return false }
        return small.isEmpty(pool) || small.weight * Self.smallShare <= small.weight + main.weight
    }

    /// How often an entry of the small queue must have been hit to go to the main queue.
    private func hitsToStay(_ entry: CacheEntry) -> UInt8 {
        let total = small.weight + main.weight
        let weight = weight(entry) * counters.entries
        return weight > 2 * total ? 3 : weight > total ? 2 : 1
    }

    /// Moves an entry to the end of the main queue. From the small queue it starts anew, in the main queue its hits count for
    /// one less. False: there is no place for it.
    private func keep(_ reference: EntryReference) -> Bool {
        let entry = pool.entry(reference)
        let chunk = pool.chunk(of: reference)
        let wasMain = pool[chunk].isMain
        let frequency = wasMain ? entry.frequency - 1 : 0
        if pool[chunk].isRun {
            entry.frequency = frequency
            moveRun(chunk, entry)
            return true
        }
        let size = entry.size
        guard let place = placeKept(size) else { return false }
        let kept = pool.entry(place)
        kept.block.copyMemory(from: entry.block, byteCount: size)
        kept.frequency = frequency
        if !wasMain { shift(weight(entry)) }
        relink(reference, to: place)
        vacate(reference)
        return true
    }

    /// Moves a large entry to the end of the main queue, where it lies.
    func moveRun(_ chunk: Int32, _ entry: CacheEntry) {
        let wasMain = pool[chunk].isMain
        take(chunk, outOf: wasMain ? main : small)
        main.append(chunk, pool)
        if !wasMain { shift(weight(entry)) }
    }

    /// Counts an entry's weight to the main queue instead of the small one.
    private func shift(_ weight: Int) {
        small.weight -= weight
        main.weight += weight
    }
}
