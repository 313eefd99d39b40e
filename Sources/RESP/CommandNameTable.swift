/// Something for each of a fixed set of command names: open addressing in a table that is at most a quarter full.
///
/// A table is made once and lives as long as the process: it is plain memory, so that a look-up counts no references.
public struct CommandNameTable<Value: Sendable>: @unchecked Sendable {
    @usableFromInline let slots: UnsafePointer<UInt16>
    @usableFromInline let names: UnsafePointer<CommandName>
    @usableFromInline let storage: UnsafePointer<Value>
    @usableFromInline let mask: Int
    /// How many names there are.
    public let count: Int

    @inlinable static var empty: UInt16 { .max }

    /// A table of `entries`, whose names differ.
    public init(_ entries: [(name: CommandName, value: Value)]) {
        var capacity = 16
        while capacity < entries.count * 4 { capacity *= 2 }
        let slots = UnsafeMutablePointer<UInt16>.allocate(capacity: capacity)
        slots.initialize(repeating: Self.empty, count: capacity)
        let names = UnsafeMutablePointer<CommandName>.allocate(capacity: entries.count)
        let storage = UnsafeMutablePointer<Value>.allocate(capacity: entries.count)
        for (index, entry) in entries.enumerated() {
            (names + index).initialize(to: entry.name)
            (storage + index).initialize(to: entry.value)
            var slot = entry.name.tableHash & (capacity - 1)
            while slots[slot] != Self.empty { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = UInt16(index)
        }
        self.slots = UnsafePointer(slots)
        self.names = UnsafePointer(names)
        self.storage = UnsafePointer(storage)
        mask = capacity - 1
        count = entries.count
    }

    /// Where what is there for `name` stands; it stays there.
    @inlinable
    public func pointer(to name: CommandName) -> UnsafePointer<Value>? {
        var slot = name.tableHash & mask
        while true {
            let index = slots[slot]
            if index == Self.empty { return nil }
            if names[Int(index)] == name { return storage + Int(index) }
            slot = (slot + 1) & mask
        }
    }

    /// What is there for `name`.
    @inlinable public subscript(name: CommandName) -> Value? { pointer(to: name)?.pointee }

    /// Everything in the table, in the order given.
    public var values: [Value] { (0..<count).map { storage[$0] } }
}
