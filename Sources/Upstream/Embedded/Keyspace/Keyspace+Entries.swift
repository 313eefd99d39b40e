import RESP

/// Adding, changing and removing entries, and what that does to memory.
extension Keyspace {
    /// Makes `key` hold the string `value`, whatever it held. `expiry` nil leaves the key's deadline as it is.
    @inline(__always)
    func setString(
        _ key: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer,
        _ db: Int,
        expiry: Int64? = Entry.never,
        kind: Entry.Kind = .string
    ) {
        let hash = hash(key)
        guard let slot = find(key, hash, db) else {
            let entry = Entry(key: key, kind: kind, valueLength: value.count, capacity: value.count)
            if let bytes = value.baseAddress { entry.valueStart.copyMemory(from: bytes, byteCount: value.count) }
            insert(entry, hash, db, expiry: expiry ?? Entry.never)
            return
        }
        slot.element.use = slot.element.use.again(at: useClock)
        overwrite(slot, value, kind)
        if let expiry { setExpiry(expiry, slot, db) }
    }

    /// Replaces a value by a string. The block stays if the string fits and doesn't leave most of it empty.
    @inline(__always)
    private func overwrite(_ slot: Slot, _ value: UnsafeRawBufferPointer, _ kind: Entry.Kind = .string) {
        var entry = slot.element
        charge(-entry.releaseValue())
        let neededCost = Heap.cost(Entry.headerSize + entry.key.count + value.count)
        if neededCost > entry.cost || neededCost < entry.cost / 2 {
            entry = replaceBlock(slot, capacity: value.count, keeping: 0)
        }
        entry.kind = kind
        entry.valueLength = value.count
        if let bytes = value.baseAddress { entry.valueStart.copyMemory(from: bytes, byteCount: value.count) }
    }

    /// Makes a value `length` bytes long and returns its entry. What is there stays, what is new is yet to be written.
    ///
    /// With `spare`, a block that has to grow gets room for more to come, so that appending bit by bit doesn't copy the
    /// whole each time: as much again as there is, at most 1 MiB (Redis's rule).
    func resizeValue(_ slot: Slot, to length: Int, spare: Bool = false) -> Entry {
        var entry = slot.element
        if length > entry.capacity {
            let capacity = spare ? length + min(length, Self.mostSpare) : length
            entry = replaceBlock(slot, capacity: capacity, keeping: entry.valueLength)
        }
        entry.valueLength = length
        return entry
    }

    /// The most room that a growing string gets ahead of its needs.
    static let mostSpare = 1 << 20

    /// Adds an entry whose key isn't there.
    @discardableResult
    func insert(_ entry: Entry, _ hash: UInt64, _ db: Int, expiry: Int64 = Entry.never) -> Slot {
        entry.use = KeyUse(at: useClock)
        entry.expiry = expiry
        charge(entry.cost)
        reservedMemory = max(0, reservedMemory &- entry.cost)
        adjustTable(db)
        if databases[db].keys.needsAnotherTable { saveForTable(db) }
        return withKeys(db) { $0.insert(entry, hash: hash, marked: expiry != Entry.never) }
    }

    /// Takes an entry out of its database. Its memory stays charged, for the caller to put elsewhere or to free.
    func detach(_ slot: Slot, _ db: Int) -> Entry {
        let entry = slot.element
        withKeys(db) { $0.remove(slot) }
        adjustTable(db)
        return entry
    }

    /// Removes a key.
    func delete(_ slot: Slot, _ db: Int) { charge(-detach(slot, db).free()) }

    /// Removes a key, and leaves the fields of a large hash to be freed later.
    func unlink(_ slot: Slot, _ db: Int) {
        let entry = slot.element
        if entry.kind == .tableHash {
            // They stay charged until they are free.
            lazyFree.add(entry.table)
        }
        delete(slot, db)
    }

    /// Sets a key's deadline.
    @inline(__always)
    func setExpiry(_ expiry: Int64, _ slot: Slot, _ db: Int) {
        slot.element.expiry = expiry
        databases[db].keys.setMarked(expiry != Entry.never, slot)
    }

    /// Empties a database; its memory is freed bit by bit.
    func flush(_ db: Int) {
        lazyFree.add(databases[db].keys)
        databases[db] = Database()
    }

    /// Frees some of what was deleted.
    func freeLazily(chains: Int) { charge(-lazyFree.free(chains: chains)) }

    /// Starts to grow or to shrink a database's table if that is due and there is room for another table. (If there is
    /// none, see ``saveForTable(_:)``.)
    @inline(__always)
    func adjustTable(_ db: Int) {
        guard let buckets = databases[db].keys.wantedBuckets, DictTable.cost(buckets) <= roomForTables else { return }
        withKeys(db) { $0.resize(to: buckets) }
    }

    /// Moves an entry to a block with room for `capacity` bytes of value and keeps the first `length` bytes of it.
    private func replaceBlock(_ slot: Slot, capacity: Int, keeping length: Int) -> Entry {
        let old = slot.element
        let new = Entry(key: old.key, kind: old.kind, valueLength: length, capacity: capacity)
        new.expiry = old.expiry
        new.use = old.use
        new.valueStart.copyMemory(from: old.valueStart, byteCount: length)
        slot.element = new
        charge(new.cost - old.cost)
        old.block.deallocate()
        return new
    }
}
