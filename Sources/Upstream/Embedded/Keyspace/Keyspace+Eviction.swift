import RESP

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
/// used alike the large goes, as many small ones fit in its room. With twelve draws this has a mean hit ratio of 0.578
/// on the traces by which the cache's policy was chosen (``EntryStore`` in LocalCache, which has 0.580), LRU
/// 0.541. Counting further than 15 uses gains nothing, and keeps alive for long what was popular once.
///
/// A value that takes the room of thousands of small ones must not hold up everybody while these are looked for one by
/// one: where much room is needed, many keys are drawn, and up to half of them go, the ones worth least first.
extension Keyspace {
    /// How many keys are drawn, at least, before one of them goes.
    private static let sampleSize = 12
    /// How many are drawn when more than ``muchRoom`` is needed.
    private static let largeSample = 64
    private static let muchRoom = 64 << 10

    /// Keeps the command's key from being evicted while it runs.
    func hold(_ call: Call) { held = (call.key, call.db) }

    /// Sees to it that `bytes` can be taken from memory, and what is added to large blocks besides.
    @inline(__always)
    func makeRoom(_ bytes: Int) throws(CommandError) {
        let bytes = bytes < Heap.largeThreshold ? bytes : bytes + bytes / 16
        reservedMemory = max(reservedMemory, bytes)
        guard memoryLimit > 0, usedMemory + bytes > memoryLimit else { return }
        try evict(for: bytes)
    }

    /// Sees to it that a string can be made `length` bytes long: while it is copied to a larger block, both are there.
    func makeRoomToGrow(
        _ entry: Entry?,
        _ key: UnsafeRawBufferPointer,
        to length: Int,
        spare: Bool
    ) throws(CommandError) {
        if let entry, length <= entry.capacity { return }
        try makeRoom(Entry.headerSize + key.count + length + (spare ? min(length, Self.mostSpare) : 0))
    }

    @inline(never)
    private func evict(for bytes: Int) throws(CommandError) {
        // What can never fit must not empty the store first.
        let heldBytes = held.flatMap { size($0.key, $0.db) }
        guard bytes + (heldBytes ?? 0) <= memoryLimit - tableMemory else { throw .outOfMemory }
        let heldDB = heldBytes == nil ? nil : held?.db
        while usedMemory + bytes > memoryLimit {
            if !lazyFree.isEmpty {
                freeLazily(chains: 64)
            } else if let db = evictionDatabase(holding: heldDB) {
                let missing = usedMemory + bytes - memoryLimit
                missing > Self.muchRoom ? evictMany(db, until: memoryLimit - bytes) : evictOne(db)
            } else if savings > 0 {
                dropSavings()
            } else {
                throw .outOfMemory
            }
        }
    }

    /// What the tables of all databases take.
    private var tableMemory: Int {
        (0..<EmbeddedStore.databases).reduce(0) { $0 + databases[$1].keys.bytes }
    }

    /// Calls `body` with some keys drawn at random, `count` at least if there are as many, and now and then with the
    /// same one twice; never with the one that is held.
    @inline(__always)
    private func draw(_ count: Int, _ db: Int, _ body: (Slot) -> Void) {
        var seen = 0
        while seen < count, seen < databases[db].keys.count {
            databases[db].keys.sample(using: &random) { slot in
                seen += 1
                if !isHeld(slot, db) { body(slot) }
            }
        }
    }

    private func isHeld(_ slot: Slot, _ db: Int) -> Bool {
        guard let held, held.db == db else { return false }
        return slot.element.key.equals(held.key)
    }

    /// Evicts the key worth least of some.
    private func evictOne(_ db: Int) {
        var victim: Slot?
        var highest: UInt64 = 0
        draw(Self.sampleSize, db) { slot in
            let score = evictionScore(slot)
            if victim == nil || score > highest { (victim, highest) = (slot, score) }
        }
        if let victim { evict(victim, db) }
    }

    /// Evicts up to half of many keys, those worth least first, until no more than `memory` is used.
    private func evictMany(_ db: Int, until memory: Int) {
        var scores: [UnsafeMutableRawPointer: UInt64] = [:]
        draw(Self.largeSample, db) { scores[$0.element.block] = evictionScore($0) }
        let worst = scores.sorted { $0.value > $1.value }.prefix((scores.count + 1) / 2)
        for (block, _) in worst where usedMemory > memory {
            // Slots move when something is removed, so each is looked for anew.
            let key = Entry(block: block).key
            if let slot = databases[db].keys.find(key, hash: hash(key)) { evict(slot, db) }
        }
    }

    private func evict(_ slot: Slot, _ db: Int) {
        if slot.isMarked, slot.element.expiry <= now {
            statistics.expiredKeys += 1
        } else {
            statistics.evictedKeys += 1
        }
        let bytes = slot.element.wholeCost
        unlink(slot, db)
        trimmer.evicted(bytes, used: usedMemory)
    }

    /// How little the key is worth: the time since its last use, and a unit of the clock more, so that the rest counts
    /// for what was used just now, too.
    private func evictionScore(_ slot: Slot) -> UInt64 {
        let entry = slot.element
        if slot.isMarked, entry.expiry <= now { return .max }
        let use = entry.use
        return (UInt64(use.idle(at: useClock)) + 1) * UInt64(entry.wholeCost) / UInt64(2 * use.count + 1)
    }

    /// A database chosen at random by how many keys it has that may be evicted, all but one of `heldDB`; nil when there
    /// is none.
    private func evictionDatabase(holding heldDB: Int?) -> Int? {
        let counts = (0..<EmbeddedStore.databases).lazy.map { self.databases[$0].keys.count - ($0 == heldDB ? 1 : 0) }
        let total = counts.reduce(0, +)
        guard total > 0 else { return nil }
        var left = random.next(below: total)
        for (db, count) in counts.enumerated() {
            left -= count
            if left < 0 { return db }
        }
        return nil
    }

    // MARK: Tables

    /// Sets memory aside for another table of a database, at the expense of keys and a little with each new one, until
    /// there is enough.
    ///
    /// A full store has no room for a table, ever, and yet may come to need one: when its values become smaller, so
    /// that chains grow and grow, or larger, so that a table for many keys stands empty.
    @inline(never)
    func saveForTable(_ db: Int) {
        guard let buckets = databases[db].keys.wantedBuckets else { return }
        let missing = DictTable.cost(buckets) - savings
        guard missing > roomForTables else {
            dropSavings()
            return withKeys(db) { $0.resize(to: buckets) }
        }
        let step = min(missing, Self.mostSaved)
        if step > roomForTables {
            guard (try? evict(for: step + reservedMemory)) != nil else { return }
        }
        charge(step)
        savings += step
    }

    /// What is saved with one key at most.
    private static let mostSaved = 4 << 10

    /// Gives back what was set aside.
    func dropSavings() {
        charge(-savings)
        savings = 0
    }
}
