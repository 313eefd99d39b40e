import RESP

/// What is known of a command.
struct CommandSpec: Sendable {
    let name: CommandName
    /// Whether it changes nothing, so that sending it twice is harmless.
    let isReadOnly: Bool
    let route: CommandRoute

    init(_ name: CommandName, isReadOnly: Bool = false, route: CommandRoute = .forward) {
        self.name = name
        self.isReadOnly = isReadOnly
        self.route = route
    }

    init(_ name: String, isReadOnly: Bool = false, route: CommandRoute = .forward) {
        guard let name = CommandName(name) else { preconditionFailure("'\(name)' is too long for a command's name") }
        self.init(name, isReadOnly: isReadOnly, route: route)
    }
}
