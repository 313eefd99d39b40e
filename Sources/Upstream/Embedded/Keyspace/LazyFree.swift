/// What was deleted but takes memory yet: flushed databases and unlinked large hashes, freed a little at a time.
///
/// Each command frees a few chains on its way, the periodic cycle more. The memory counts as used until it is free, and
/// when room is needed this is where it is taken from first.
struct LazyFree {
    private var keys: [DictDrain<Entry>] = []
    private var fields: [DictDrain<HashField>] = []

    /// Whether there is nothing to free.
    @inline(__always) var isEmpty: Bool { keys.isEmpty && fields.isEmpty }

    /// Takes over a database's keys.
    mutating func add(_ dict: Dict<Entry>) {
        if dict.active.count > 0 { keys.append(DictDrain(dict)) }
    }

    /// Takes over the fields of a large hash.
    mutating func add(_ table: FieldTable) { fields.append(DictDrain(table.takeFields())) }

    /// Frees up to `chains` chains; returns how many bytes that gave.
    mutating func free(chains: Int) -> Int {
        var freed = 0
        for _ in 0..<chains {
            if !fields.isEmpty {
                freed += Self.step(&fields) { field in
                    defer { field.block.deallocate() }
                    return field.cost
                }
            } else if !keys.isEmpty {
                freed += Self.step(&keys) { $0.free() }
            } else {
                break
            }
        }
        return freed
    }

    private static func step<Element>(_ drains: inout [DictDrain<Element>], _ free: (Element) -> Int) -> Int {
        let last = drains.count - 1
        var freed = drains[last].bytes
        drains[last].step { freed += free($0) }
        freed -= drains[last].bytes
        if drains[last].isFinished { drains.removeLast() }
        return freed
    }
}
