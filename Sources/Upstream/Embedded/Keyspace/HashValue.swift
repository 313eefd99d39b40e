/// The hash at a key, in whichever of its two forms.
///
/// A small one is packed into its entry, in the order in which fields were set; it becomes a table when it has more
/// fields, or longer ones, than Redis packs (``PackedFields``), and stays one.
struct HashValue {
    /// Where the hash is.
    let entry: Entry

    /// How many fields.
    var count: Int { entry.kind == .packedHash ? PackedFields(entry).count : entry.table.count }

    /// The value of `field`.
    @inline(__always)
    func value(of field: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        entry.kind == .packedHash ? PackedFields(entry).find(field)?.value : entry.table[field]
    }

    /// Shows every field and its value.
    func visit(_ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void) {
        guard entry.kind == .packedHash else {
            return entry.table.fields.visit { body($0.element.key, $0.element.value) }
        }
        let fields = PackedFields(entry)
        var pair = fields.first
        while let current = pair {
            body(current.field, current.value)
            pair = fields.next(current)
        }
    }

    /// Shows some fields from `cursor` on; returns where to go on, 0 at the end. A packed hash is shown at once.
    func scan(
        _ cursor: UInt64,
        _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) -> UInt64 {
        guard entry.kind == .packedHash else {
            return entry.table.fields.scan(cursor) { body($0.element.key, $0.element.value) }
        }
        visit(body)
        return 0
    }

    /// A field chosen at random, and its value.
    func randomField(
        using generator: inout RandomSource
    ) -> (field: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        if entry.kind == .tableHash, let slot = entry.table.fields.randomElement(using: &generator) {
            return (slot.element.key, slot.element.value)
        }
        let fields = PackedFields(entry)
        var pair = fields.first
        for _ in 0..<generator.next(below: fields.count) { pair = pair.flatMap(fields.next) }
        guard let pair else { preconditionFailure("a hash has at least one field") }
        return (pair.field, pair.value)
    }
}
