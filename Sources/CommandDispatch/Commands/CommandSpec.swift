import RESP
import Stats

/// What is known of a command.
struct CommandSpec: Sendable {
    let name: CommandName
    /// Where its keys stand.
    let keys: KeyPositions
    /// Whether it changes nothing, so that sending it twice is harmless.
    let isReadOnly: Bool
    /// What may be kept of its reply.
    let caching: Caching
    /// Why the whole cache is dropped before its reply is passed on, if it is; ``flushReason(of:)`` knows the
    /// exceptions.
    let flushes: FlushReason?
    let route: CommandRoute
    /// Its number in the statistics, and in what is asked of the cache. The table sets it.
    var index: UInt16 = 0

    init(
        _ name: CommandName,
        keys: KeyPositions = .none,
        isReadOnly: Bool = false,
        caching: Caching = .never,
        flushes: FlushReason? = nil,
        route: CommandRoute = .forward
    ) {
        self.name = name
        self.keys = keys
        self.isReadOnly = isReadOnly
        self.caching = caching
        self.flushes = flushes
        self.route = route
    }

    init(
        _ name: String,
        keys: KeyPositions = .none,
        isReadOnly: Bool = false,
        caching: Caching = .never,
        flushes: FlushReason? = nil,
        route: CommandRoute = .forward
    ) {
        guard let name = CommandName(name) else { preconditionFailure("'\(name)' is too long for a command's name") }
        self.init(name, keys: keys, isReadOnly: isReadOnly, caching: caching, flushes: flushes, route: route)
    }

    /// Why the whole cache is dropped before the reply of `command`, which is one of these, is passed on; nil if it
    /// isn't.
    func flushReason(of command: Command) -> FlushReason? {
        switch flushes {
        case .acl: command.changesUsers ? .acl : nil
        case .swapdb where route == .script: command.mentionsSwapDB ? .swapdb : nil
        default: flushes
        }
    }

    /// Whether the reply to `command`, which is one of these, may tell of changes to keys that it doesn't name.
    ///
    /// A script may use keys that it doesn't declare, and many do. And what a client waits for in a blocking command
    /// comes when somebody else has written it, together with other things as a rule, which the client then reads.
    func mayTellOfAnyKey(_ command: Command) -> Bool {
        switch route {
        case .script, .blocking: true
        case .blockingIfAsked: command.asksToBlock
        default: false
        }
    }

    /// A copy that stays where it is for as long as the process lives.
    var permanent: UnsafePointer<CommandSpec> {
        let place = UnsafeMutablePointer<CommandSpec>.allocate(capacity: 1)
        place.initialize(to: self)
        return UnsafePointer(place)
    }
}
