import RESP

/// One entry of a `COMMAND INFO` reply: what a server says of a command that we don't know.
struct CommandInfo {
    /// The command of Redis that it is, if it was only renamed (`rename-command`).
    private let original: CommandSpec?
    private let flags: Set<String>
    private let keys: KeyPositions

    /// Nil unless `reply` is an array whose first element describes a command.
    init?(_ reply: RESPValue) {
        guard let entry = reply.elements?.first?.elements, entry.count >= 3, let flags = entry[2].elements else {
            return nil
        }
        original = entry[0].text.flatMap { CommandName($0) }.flatMap { CommandTable.standard.pointer(to: $0)?.pointee }
        self.flags = Set(flags.compactMap(\.text))
        let positions = entry.dropFirst(3).prefix(3).compactMap {
            if case .integer(let number) = $0 { number } else { nil }
        }
        let hasSubcommands = entry.count >= 10 && !(entry[9].elements ?? []).isEmpty
        if self.flags.contains("movablekeys") || hasSubcommands || positions.count < 3 {
            keys = .unknown
        } else if positions[0] > 0, positions[2] > 0 {
            keys = .range(first: positions[0], last: positions[1], step: positions[2])
        } else {
            // A module's command may well write keys that it doesn't declare.
            keys = self.flags.contains("write") ? .unknown : .none
        }
    }

    /// The command as the dispatcher sees it.
    func spec(_ name: CommandName) -> CommandSpec {
        original
            ?? CommandSpec(
                name,
                keys: keys,
                isReadOnly: flags.contains("readonly"),
                route: flags.contains("blocking") ? .blocking : .forward
            )
    }
}
