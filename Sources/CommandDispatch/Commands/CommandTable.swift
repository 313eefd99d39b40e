import RESP

/// The commands of Redis, by name.
enum CommandTable {
    static let standard = CommandNameTable(
        redis.enumerated().map { index, spec in
            var numbered = spec
            // 0 is for commands that aren't in the table.
            numbered.index = UInt16(index + 1)
            return (name: spec.name, value: numbered)
        }
    )
}
