/// # Keeping to the limit
///
/// A command that may take memory says how much before it starts, and room for that is made first: from what is deleted
/// but not yet freed, then from expired keys that come along, then from keys that are worth least. So a command either
/// finds its room or is refused without having changed anything.
///
/// The keys to evict are found as Redis finds them (`evict.c`): some are drawn at random, and the one worth least goes.
/// That needs no list to keep in order at each hit, and no memory but a word in each entry (``KeyUse``). But where
/// Redis takes the one whose last use is longest ago, here its size and its uses count, too, as in GDSF and in
/// hyperbolic caching (Blankstein et al., ATC 2017): it is the highest of
///
///     time since the last use × memory ÷ (uses + ½)
///
/// What was used again is waited for much longer than what never was, so a scan drives out only itself; and of what is
/// used alike the large goes, as many small ones fit in its room. With twelve draws this has a mean hit ratio of 0.576
/// on the traces by which the cache's policy was chosen (``EntryStore`` in LocalCache: S3-FIFO by size 0.571), LRU
/// 0.541. Counting further than 15 uses gains nothing, and keeps alive for long what was popular once.
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

    /// Evicts the key worth least of some; false when there is none.
    private func evictOne() -> Bool {
        guard let db = evictionDatabase() else { return false }
        var victim: Slot?
        var highest: UInt64 = 0
        var seen = 0
        while seen < Self.sampleSize, seen < databases[db].keys.count {
            databases[db].keys.sample(using: &random) { slot in
                seen += 1
                let score = evictionScore(slot)
                if victim == nil || score > highest { (victim, highest) = (slot, score) }
            }
        }
        guard let victim else { return false }
        if victim.isMarked, victim.element.expiry <= now {
            statistics.expiredKeys += 1
        } else {
            statistics.evictedKeys += 1
        }
        unlink(victim, db)
        return true
    }

    /// How little the key is worth: the time since its last use, and a unit of the clock more, so that the rest counts
    /// for what was used just now, too.
    private func evictionScore(_ slot: Slot) -> UInt64 {
        let entry = slot.element
        if slot.isMarked, entry.expiry <= now { return .max }
        let use = entry.use
        return (UInt64(use.idle(at: useClock)) + 1) * UInt64(entry.wholeCost) / UInt64(2 * use.count + 1)
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
