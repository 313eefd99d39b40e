/// # Keeping to the limit
///
/// A command that may take memory says how much before it starts, and room for that is made first: from what is deleted
/// but not yet freed, then from expired keys that come along, then from keys that nobody has used for long. So a
/// command either finds its room or is refused without having changed anything.
///
/// The keys to evict are found as Redis finds them: some are drawn at random, and the one whose last use is longest
/// ago goes. That is nearly LRU, needs no list to keep in order at each hit, and no memory but a time in each entry.
/// (Redis: `evict.c`, `maxmemory-policy allkeys-lru`.)
extension Keyspace {
    /// How many keys are drawn, at least, before one of them goes.
    private static let sampleSize = 12

    /// Sees to it that `bytes` can be taken from memory, and what is added to large blocks besides.
    @inline(__always)
    func makeRoom(_ bytes: Int) throws(CommandError) {
        let bytes = bytes < Heap.largeThreshold ? bytes : bytes + bytes / 16
        reservedMemory = max(reservedMemory, bytes)
        guard memoryLimit > 0, usedMemory + bytes > memoryLimit else { return }
        try evict(for: bytes)
    }

    @inline(never)
    private func evict(for bytes: Int) throws(CommandError) {
        // What can never fit must not empty the store first.
        guard bytes <= memoryLimit - tableMemory else { throw .outOfMemory }
        while usedMemory + bytes > memoryLimit {
            if !lazyFree.isEmpty {
                freeLazily(chains: 64)
            } else if !evictOne() {
                throw .outOfMemory
            }
        }
    }

    /// What the tables of all databases take.
    private var tableMemory: Int {
        (0..<EmbeddedStore.databases).reduce(0) { $0 + databases[$1].keys.bytes }
    }

    /// Evicts the least recently used of some keys; false when there is none.
    private func evictOne() -> Bool {
        guard let db = evictionDatabase() else { return false }
        var oldest: Slot?
        var oldestAge: UInt32 = 0
        var seen = 0
        while seen < Self.sampleSize, seen < databases[db].keys.count {
            databases[db].keys.sample(using: &random) { slot in
                seen += 1
                let entry = slot.element
                // The clock of use starts anew after 49 days: differences survive that.
                let age = slot.isMarked && entry.expiry <= now ? .max : useClock &- entry.lastUse
                if oldest == nil || age > oldestAge { (oldest, oldestAge) = (slot, age) }
            }
        }
        guard let oldest else { return false }
        if oldest.isMarked, oldest.element.expiry <= now {
            statistics.expiredKeys += 1
        } else {
            statistics.evictedKeys += 1
        }
        unlink(oldest, db)
        return true
    }

    /// A database chosen at random by how many keys it has; nil when all are empty.
    private func evictionDatabase() -> Int? {
        let total = (0..<EmbeddedStore.databases).reduce(0) { $0 + databases[$1].keys.count }
        guard total > 0 else { return nil }
        var left = random.next(below: total)
        for db in 0..<EmbeddedStore.databases {
            left -= databases[db].keys.count
            if left < 0 { return db }
        }
        return nil
    }
}
