import RESP

/// Values by type, and keys as a whole, as commands need them.
extension Keyspace {
    /// The string that a command reads; nil when the key is missing.
    @inline(__always)
    func string(_ key: UnsafeRawBufferPointer, _ db: Int) throws(CommandError) -> UnsafeRawBufferPointer? {
        guard let entry = lookupRead(key, db) else { return nil }
        guard entry.kind == .string else { throw .wrongType }
        return entry.value
    }

    /// The string that a command is to change.
    func stringForWriting(_ key: UnsafeRawBufferPointer, _ db: Int) throws(CommandError) -> Entry? {
        guard let entry = lookupWrite(key, db)?.element else { return nil }
        guard entry.kind == .string else { throw .wrongType }
        return entry
    }

    /// The hash that a command reads.
    @inline(__always)
    func hash(_ key: UnsafeRawBufferPointer, _ db: Int) throws(CommandError) -> HashValue? {
        guard let entry = lookupRead(key, db) else { return nil }
        guard entry.kind != .string else { throw .wrongType }
        return HashValue(entry: entry)
    }

    /// The hash that a command is to change.
    func hashForWriting(_ key: UnsafeRawBufferPointer, _ db: Int) throws(CommandError) -> HashValue? {
        guard let entry = lookupWrite(key, db)?.element else { return nil }
        guard entry.kind != .string else { throw .wrongType }
        return HashValue(entry: entry)
    }

    /// Whether a key is there; this is no use of it.
    func contains(_ key: UnsafeRawBufferPointer, _ db: Int) -> Bool { find(key, hash(key), db) != nil }

    /// Removes a key; returns whether it was there.
    @discardableResult
    func delete(_ key: UnsafeRawBufferPointer, _ db: Int) -> Bool {
        guard let slot = find(key, hash(key), db) else { return false }
        delete(slot, db)
        return true
    }

    /// What a key takes from memory; nil when it is missing.
    func size(_ key: UnsafeRawBufferPointer, _ db: Int) -> Int? {
        find(key, hash(key), db)?.element.wholeCost
    }

    /// What a copy of it takes at most: its table may be roomier.
    func copySize(_ key: UnsafeRawBufferPointer, _ db: Int) -> Int? {
        guard let entry = find(key, hash(key), db)?.element else { return nil }
        guard entry.kind == .tableHash else { return entry.cost }
        return entry.wholeCost + DictTable.cost(Dict<HashField>.buckets(for: entry.table.count))
    }

    /// Moves what is at a key to another key, which must be free, with its deadline.
    func relocate(_ key: UnsafeRawBufferPointer, _ db: Int, to newKey: UnsafeRawBufferPointer, _ newDB: Int) {
        guard let slot = find(key, hash(key), db) else { return }
        let old = detach(slot, db)
        let new = Entry(key: newKey, kind: old.kind, valueLength: old.valueLength, capacity: old.valueLength)
        new.valueStart.copyMemory(from: old.valueStart, byteCount: old.valueLength)
        let (expiry, use) = (old.expiry, old.use)
        charge(-old.cost)
        // The value, and with it a large hash's table, belongs to the new entry now.
        old.block.deallocate()
        let newSlot = insert(new, hash(newKey), newDB, expiry: expiry)
        newSlot.element.use = use
    }

    /// Copies what is at a key to another key, which must be free, with its deadline; false when there is nothing.
    func copy(_ key: UnsafeRawBufferPointer, _ db: Int, to newKey: UnsafeRawBufferPointer, _ newDB: Int) -> Bool {
        guard let source = find(key, hash(key), db)?.element else { return false }
        let new = Entry(key: newKey, kind: source.kind, valueLength: source.valueLength, capacity: source.valueLength)
        if source.kind == .tableHash {
            let table = FieldTable()
            table.reserve(source.table.count)
            source.table.fields.visit { _ = table.set($0.element.key, to: $0.element.value, room: 0) }
            charge(table.bytes)
            new.adopt(table)
        } else {
            new.valueStart.copyMemory(from: source.valueStart, byteCount: source.valueLength)
        }
        insert(new, hash(newKey), newDB, expiry: source.expiry)
        return true
    }

    /// Exchanges two databases.
    func swap(_ first: Int, _ second: Int) {
        guard first != second else { return }
        let database = databases[first]
        databases[first] = databases[second]
        databases[second] = database
    }
}
