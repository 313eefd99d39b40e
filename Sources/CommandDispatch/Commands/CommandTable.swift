import RESP

/// The commands, found by name: open addressing in a table that is at most a quarter full.
final class CommandTable: Sendable {
    /// The commands of Redis.
    static let standard = CommandTable(redis)

    private let slots: [UInt16]
    private let specs: [CommandSpec]
    private let mask: Int

    private static let empty = UInt16.max

    init(_ specs: [CommandSpec]) {
        var capacity = 16
        while capacity < specs.count * 4 { capacity *= 2 }
        var slots = [UInt16](repeating: Self.empty, count: capacity)
        for (index, spec) in specs.enumerated() {
            var slot = spec.name.tableHash & (capacity - 1)
            while slots[slot] != Self.empty { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = UInt16(index)
        }
        self.slots = slots
        self.specs = specs
        mask = capacity - 1
    }

    /// The command called `name`, if Redis has one.
    @inline(__always)
    subscript(name name: CommandName) -> CommandSpec? {
        var slot = name.tableHash & mask
        while true {
            let index = slots[slot]
            if index == Self.empty { return nil }
            let spec = specs[Int(index)]
            if spec.name == name { return spec }
            slot = (slot + 1) & mask
        }
    }
}
