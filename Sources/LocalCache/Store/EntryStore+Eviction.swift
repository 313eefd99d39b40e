/// Which entries go when there is no room: see ``EntryStore``.
extension EntryStore {
    /// The small queue's share of the weight: one part in so many.
    static let smallShare = 8
    /// One in so many entries of the mean weight leaves the small queue for the main queue though it wasn't hit.
    private static let entriesPerEscape = 64.0
    private static let bestChance = 1.0 / 3

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
        if queue == .main { pace.notePassed(weight(entry)) }
        if isGone(entry, now) {
            dropGone(reference, now)
        } else if let frequency = frequencyIfKept(entry, in: queue), keep(reference, frequency) {
            return size
        } else if !compress(reference), queue == .main || !escapes(entry) || !keep(reference, 0) {
            if queue == .small || entry.isCompressed {
                ghost.insert(Self.identity(entry), cameInBurst: isOfBurst(entry))
                pace.noteEvicted(of: counters.entries)
                if isOfBurst(entry) { bursts.noteEvicted(of: counters.entries) }
            }
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

    /// With how many hits an entry goes to the end of the main queue; nil if it doesn't. From another queue it starts
    /// anew, in the main queue it pays with hits for its next round.
    private func frequencyIfKept(_ entry: CacheEntry, in queue: QueueKind) -> UInt8? {
        guard entry.frequency > 0 || isOfBurst(entry) else { return nil }
        switch queue {
        case .small:
            let hits = isOfBurst(entry) ? bursts.areKept(chance.next()) ? 1 : 0 : Double(entry.frequency)
            return chance.next() * cost(entry) < hits ? 0 : nil
        case .cold: return 0
        case .main:
            let price = UInt8(min(cost(entry) + chance.next(), Double(CacheEntry.mostFrequency)))
            return entry.frequency >= price ? entry.frequency - price : nil
        }
    }

    /// Whether an entry of the small queue was hit in the burst in which it came, and not since.
    private func isOfBurst(_ entry: CacheEntry) -> Bool { entry.frequency == 0 && entry.cameInBurst }

    private func cost(_ entry: CacheEntry) -> Double { cost(plainWeight(entry)) }

    /// How many hits it takes to have `weight` for one round: those that the mean entry needs are one.
    private func cost(_ weight: Int) -> Double {
        plainWeight > 0 ? Double(weight) * Double(counters.entries) / Double(plainWeight) : 1
    }

    /// Whether an entry is tried in the main queue though it wasn't hit.
    private func escapes(_ entry: CacheEntry) -> Bool {
        let cost = cost(entry)
        let square = cost * cost
        return chance.next() < min(Self.bestChance, 1 / (Self.entriesPerEscape * square * square))
    }

    /// Whether the main queue would keep an entry of this weight until it is asked for again, which it was this time
    /// when `age` others had been evicted after it.
    func isWorthMain(age: Int, weight: Int) -> Bool {
        let others = Double(self.weight - main.weight) * Double(counters.entries) / Double(max(1, self.weight))
        return pace.outlasts((Double(age) + others) * cost(weight), weight: main.weight)
    }

    /// Moves an entry to the end of the main queue, as one that was hit so often. False: there is no place for it.
    private func keep(_ reference: EntryReference, _ frequency: UInt8) -> Bool {
        let entry = pool.entry(reference)
        let chunk = pool.chunk(of: reference)
        let queue = pool[chunk].queue
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
