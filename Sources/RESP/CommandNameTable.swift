/// Something for each of a fixed set of command names: open addressing in a table that is at most a quarter full.
public struct CommandNameTable<Value: Sendable>: Sendable {
    @usableFromInline let slots: [UInt16]
    @usableFromInline let entries: [(name: CommandName, value: Value)]
    @usableFromInline let mask: Int

    @usableFromInline static var empty: UInt16 { .max }

    /// A table of `entries`, whose names differ.
    public init(_ entries: [(name: CommandName, value: Value)]) {
        var capacity = 16
        while capacity < entries.count * 4 { capacity *= 2 }
        var slots = [UInt16](repeating: Self.empty, count: capacity)
        for (index, entry) in entries.enumerated() {
            var slot = entry.name.tableHash & (capacity - 1)
            while slots[slot] != Self.empty { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = UInt16(index)
        }
        self.slots = slots
        self.entries = entries
        mask = capacity - 1
    }

    /// What is there for `name`.
    @inlinable
    public subscript(name: CommandName) -> Value? {
        var slot = name.tableHash & mask
        while true {
            let index = slots[slot]
            if index == Self.empty { return nil }
            let entry = entries[Int(index)]
            if entry.name == name { return entry.value }
            slot = (slot + 1) & mask
        }
    }

    /// Everything in the table, in the order given.
    public var values: [Value] { entries.map(\.value) }
}
