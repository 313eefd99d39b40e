/// Which entries go when there is no room: see ``EntryStore``.
extension EntryStore {
    /// The small queue's share of the weight: one part in so many.
    private static let smallShare = 10

    /// Decides about the entry at the end of one of the queues. How many bytes of the queue it has passed; 0 if there
    /// is nothing left.
    @discardableResult
    func evict(_ now: CacheTime) -> Int {
        let queue = nextToEvict
        guard !self[queue].isEmpty(pool) else { return 0 }
        let reference = self[queue].next(pool)
        let entry = pool.entry(reference)
        let size = entry.size
        if !pool[pool.chunk(of: reference)].isRun { self[queue].position += UInt32(size) }
        if isGone(entry, now) {
            dropGone(reference, now)
        } else if entry.frequency >= (queue == .small ? hitsToStay(entry) : 1), keep(reference) {
            return size
        } else if !compress(reference) {
            if queue == .small || entry.isCompressed { ghost.insert(Self.identity(entry)) }
            counters.evictions += 1
            drop(reference)
        }
        return size
    }

    private var nextToEvict: QueueKind {
        if weigher == nil {
            // A chunk that has been begun is finished: memory comes back when all of it is passed.
            if small.position > 0 { return .small }
            if cold.position > 0 { return .cold }
            if main.position > 0 { return .main }
        }
        if !small.isEmpty(pool), small.weight * Self.smallShare > weight { return .small }
        if !cold.isEmpty(pool) { return .cold }
        return main.isEmpty(pool) ? .small : .main
    }

    /// What all entries weigh together.
    var weight: Int { small.weight + cold.weight + main.weight }

    /// How often an entry of the small queue must have been hit to go to the main queue.
    private func hitsToStay(_ entry: CacheEntry) -> UInt8 {
        let weight = weight(entry) * counters.entries
        return weight > 2 * plainWeight ? 3 : weight > plainWeight ? 2 : 1
    }

    /// Moves an entry to the end of the main queue. From another queue it starts anew, in the main queue its hits count
    /// for one less. False: there is no place for it.
    private func keep(_ reference: EntryReference) -> Bool {
        let entry = pool.entry(reference)
        let chunk = pool.chunk(of: reference)
        let queue = pool[chunk].queue
        let frequency = queue == .main ? entry.frequency - 1 : 0
        if pool[chunk].isRun {
            entry.frequency = frequency
            moveRun(chunk, entry, to: .main)
            return true
        }
        let size = entry.size
        guard let place = placeKept(size, in: .main) else { return false }
        let kept = pool.entry(place)
        kept.block.copyMemory(from: entry.block, byteCount: size)
        kept.frequency = frequency
        shift(weight(entry), from: queue, to: .main)
        relink(reference, to: place)
        vacate(reference)
        return true
    }

    /// Moves a large entry to the end of a queue, where it lies.
    func moveRun(_ chunk: Int32, _ entry: CacheEntry, to queue: QueueKind) {
        let former = pool[chunk].queue
        takeOut(chunk)
        self[queue].append(chunk, pool)
        shift(weight(entry), from: former, to: queue)
    }

    /// Counts an entry's weight to another queue.
    private func shift(_ weight: Int, from former: QueueKind, to queue: QueueKind) {
        self[former].weight -= weight
        self[queue].weight += weight
    }
}
