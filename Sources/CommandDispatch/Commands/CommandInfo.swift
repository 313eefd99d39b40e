import RESP

/// One entry of a `COMMAND INFO` reply: what a server says of a command that we don't know.
struct CommandInfo {
    private let flags: Set<String>

    /// Nil unless `reply` is an array whose first element describes a command.
    init?(_ reply: RESPValue) {
        guard let entry = reply.elements?.first?.elements, entry.count >= 3, let flags = entry[2].elements else {
            return nil
        }
        self.flags = Set(flags.compactMap(\.text))
    }

    /// The command as the dispatcher sees it.
    func spec(_ name: CommandName) -> CommandSpec {
        CommandSpec(
            name,
            isReadOnly: flags.contains("readonly"),
            route: flags.contains("blocking") ? .blocking : .forward
        )
    }
}
