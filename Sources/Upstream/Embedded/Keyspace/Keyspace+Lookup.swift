import RESP

/// Finding keys. A key whose time has come is removed by whoever meets it first, so nobody sees it again.
extension Keyspace {
    typealias Slot = Dict<Entry>.Slot

    /// Finds a key on behalf of a command that reads it: this counts as its use, and as a hit or a miss.
    @inline(__always)
    func lookupRead(_ key: UnsafeRawBufferPointer, _ db: Int) -> Entry? {
        guard let slot = find(key, hash(key), db) else {
            statistics.keyspaceMisses &+= 1
            return nil
        }
        statistics.keyspaceHits &+= 1
        let entry = slot.element
        entry.use = entry.use.again(at: useClock)
        return entry
    }

    /// As ``lookupRead(_:_:)`` for a command that only asks about the key, which is no use of it (`TTL`, `TYPE`).
    func lookupUntouched(_ key: UnsafeRawBufferPointer, _ db: Int) -> Entry? {
        guard let slot = find(key, hash(key), db) else {
            statistics.keyspaceMisses &+= 1
            return nil
        }
        statistics.keyspaceHits &+= 1
        return slot.element
    }

    /// Finds a key on behalf of a command that changes it: a use, but neither hit nor miss.
    func lookupWrite(_ key: UnsafeRawBufferPointer, _ db: Int) -> Slot? {
        guard let slot = find(key, hash(key), db) else { return nil }
        slot.element.use = slot.element.use.again(at: useClock)
        return slot
    }

    /// Finds a key.
    @inline(__always)
    func find(_ key: UnsafeRawBufferPointer, _ hash: UInt64, _ db: Int) -> Slot? {
        guard let slot = databases[db].keys.find(key, hash: hash) else { return nil }
        if slot.isMarked, removeIfExpired(slot, db) { return nil }
        return slot
    }

    /// Removes a key whose time has come; returns whether it has.
    func removeIfExpired(_ slot: Slot, _ db: Int) -> Bool {
        guard slot.element.expiry <= now else { return false }
        delete(slot, db)
        statistics.expiredKeys += 1
        return true
    }
}
