import RESP

/// The fields of a large hash.
final class FieldTable {
    private(set) var fields = Dict<HashField>()
    private var fieldBytes = 0

    /// The object itself: its header and its members.
    private static let ownBytes = Heap.cost(24 + MemoryLayout<Dict<HashField>>.stride)

    init() {}

    deinit {
        var drain = DictDrain(fields)
        while !drain.isFinished { drain.step { $0.block.deallocate() } }
    }

    /// The fields, for someone else to free. The table is empty then.
    func takeFields() -> Dict<HashField> {
        defer {
            fields = Dict()
            fieldBytes = 0
        }
        return fields
    }

    /// What a table of so many fields takes at most, besides the fields' and values' own bytes: itself, buckets and
    /// those chained behind them, and for each field its header and what rounding adds.
    static func mostOverhead(fields: Int) -> Int {
        ownBytes + DictTable.cost(Dict<HashField>.buckets(for: fields)) + fields * 48
    }

    /// What it takes from memory, fields included.
    var bytes: Int { Self.ownBytes + fields.bytes + fieldBytes }

    /// How many fields.
    var count: Int { fields.count }

    /// The value of `field`.
    subscript(field: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? { slot(field)?.element.value }

    /// Sets `field` to `value`; returns whether the field is new. The table grows if `room` allows it.
    func set(_ field: UnsafeRawBufferPointer, to value: UnsafeRawBufferPointer, room: Int) -> Bool {
        if let slot = slot(field) {
            let old = slot.element
            if old.overwrite(value) { return false }
            let new = HashField(field, value)
            fieldBytes += new.cost - old.cost
            slot.element = new
            old.block.deallocate()
            return false
        }
        adjustSize(room: room)
        let new = HashField(field, value)
        fieldBytes += new.cost
        fields.insert(new, hash: fields.hash(field))
        return true
    }

    /// Removes `field`; returns whether it was there.
    func remove(_ field: UnsafeRawBufferPointer, room: Int) -> Bool {
        guard let slot = slot(field) else { return false }
        let old = slot.element
        fields.remove(slot)
        fieldBytes -= old.cost
        old.block.deallocate()
        adjustSize(room: room)
        return true
    }

    /// Makes room for `count` fields in a new table.
    func reserve(_ count: Int) { fields.reserve(count) }

    private func slot(_ field: UnsafeRawBufferPointer) -> Dict<HashField>.Slot? {
        fields.find(field, hash: fields.hash(field))
    }

    private func adjustSize(room: Int) {
        if let buckets = fields.wantedBuckets, DictTable.cost(buckets) <= room { fields.resize(to: buckets) }
    }
}
