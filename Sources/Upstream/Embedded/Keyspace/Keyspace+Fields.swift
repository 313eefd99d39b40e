import RESP

/// Changing the fields of hashes.
extension Keyspace {
    /// Sets a field of the hash at `key`, which is made if it isn't there; returns whether the field is new. A string
    /// at `key` is the caller's mistake.
    func setField(
        _ field: UnsafeRawBufferPointer,
        to value: UnsafeRawBufferPointer,
        of key: UnsafeRawBufferPointer,
        _ db: Int
    ) -> Bool {
        let hash = hash(key)
        let slot = find(key, hash, db) ?? insertEmptyHash(key, hash, db, room: PackedFields.length(field, value))
        if slot.element.kind == .packedHash {
            let fields = PackedFields(slot.element)
            let old = fields.find(field)
            let fits = field.count <= PackedFields.longestItem && value.count <= PackedFields.longestItem
            if fits, old != nil || fields.count < PackedFields.mostFields {
                setPacked(field, value, old, slot)
                return old == nil
            }
            makeTable(slot)
        }
        let table = slot.element.table
        let before = table.bytes
        let isNew = table.set(field, to: value, room: roomForTables)
        charge(table.bytes - before)
        return isNew
    }

    /// Sees to it that fields can be set in the hash at the key of `call`, whatever form it takes on for that: a packed
    /// hash grows by more than it needs, and becomes a table when a field doesn't fit it.
    ///
    /// - Parameter result: how long a value may be that is not among the arguments.
    func makeRoomForFields(of call: Call, result: Int = 0) throws(CommandError) {
        let most = EmbeddedStore.mostMemory(of: call.command) + result
        guard memoryLimit > 0, memoryLimit - usedMemory < 4 * most + PackedFields.mostBytes * 4 else { return }
        var bytes = most
        var fields = call.count - 2
        var longest = result
        for index in 2..<call.count { longest = max(longest, call[index].count) }
        if let entry = find(call.key, hash(call.key), call.db)?.element {
            switch entry.kind {
            case .packedHash:
                bytes += entry.valueLength
                fields += PackedFields(entry).count
            case .tableHash: longest = 0
            default: return
            }
        }
        if longest > PackedFields.longestItem || fields > PackedFields.mostFields {
            bytes += FieldTable.mostOverhead(fields: fields)
        }
        try makeRoom(bytes)
    }

    /// Removes a field of the hash at `key`, and the key with its last field; returns whether it was there.
    func removeField(_ field: UnsafeRawBufferPointer, of key: UnsafeRawBufferPointer, _ db: Int) -> Bool {
        guard let slot = find(key, hash(key), db) else { return false }
        let entry = slot.element
        if entry.kind == .packedHash {
            let fields = PackedFields(entry)
            guard let pair = fields.find(field) else { return false }
            let tail = entry.valueLength - pair.end
            (entry.valueStart + pair.offset).copyMemory(from: entry.valueStart + pair.end, byteCount: tail)
            fields.count -= 1
            entry.valueLength -= pair.end - pair.offset
            if fields.count == 0 { delete(slot, db) }
        } else {
            let table = entry.table
            let before = table.bytes
            guard table.remove(field, room: roomForTables) else { return false }
            charge(table.bytes - before)
            if table.count == 0 { delete(slot, db) }
        }
        return true
    }

    private func insertEmptyHash(_ key: UnsafeRawBufferPointer, _ hash: UInt64, _ db: Int, room: Int) -> Slot {
        let capacity = PackedFields.emptyLength + min(room, 2 * PackedFields.longestItem + 2)
        let entry = Entry(key: key, kind: .packedHash, valueLength: PackedFields.emptyLength, capacity: capacity)
        PackedFields(entry).count = 0
        return insert(entry, hash, db)
    }

    /// Sets a field of a packed hash in its place, or behind the others.
    private func setPacked(
        _ field: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer,
        _ old: PackedPair?,
        _ slot: Slot
    ) {
        let length = slot.element.valueLength
        guard let old else {
            let entry = resizeValue(slot, to: length + PackedFields.length(field, value), spare: true)
            PackedFields.write(field, value, at: entry.valueStart + length)
            PackedFields(entry).count += 1
            return
        }
        let (valueOffset, end) = (old.valueOffset, old.end)
        let change = value.count - old.value.count
        let tail = length - end
        // What follows is moved while the block is large enough for both lengths.
        let entry = resizeValue(slot, to: max(length, length + change), spare: true)
        (entry.valueStart + end + change).copyMemory(from: entry.valueStart + end, byteCount: tail)
        entry.valueLength = length + change
        PackedFields.write(item: value, at: entry.valueStart + valueOffset)
    }

    /// Turns a packed hash into a table.
    private func makeTable(_ slot: Slot) {
        let packed = slot.element
        let table = FieldTable()
        table.reserve(PackedFields(packed).count + 1)
        HashValue(entry: packed).visit { _ = table.set($0, to: $1, room: 0) }
        charge(table.bytes)
        let entry = resizeValue(slot, to: max(packed.valueLength, MemoryLayout<UnsafeRawPointer>.size))
        entry.adopt(table)
    }
}
