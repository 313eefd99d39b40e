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
    /// Whether it takes an element that another client has added: a job, say.
    let takes: Bool
    /// Its number in the statistics, and in what is asked of the cache. The table sets it.
    var index: UInt16 = 0

    init(
        _ name: CommandName,
        keys: KeyPositions = .none,
        isReadOnly: Bool = false,
        caching: Caching = .never,
        flushes: FlushReason? = nil,
        route: CommandRoute = .forward,
        takes: Bool = false
    ) {
        self.name = name
        self.keys = keys
        self.isReadOnly = isReadOnly
        self.caching = caching
        self.flushes = flushes
        self.route = route
        self.takes = takes
    }

    init(
        _ name: String,
        keys: KeyPositions = .none,
        isReadOnly: Bool = false,
        caching: Caching = .never,
        flushes: FlushReason? = nil,
        route: CommandRoute = .forward,
        takes: Bool = false
    ) {
        guard let name = CommandName(name) else { preconditionFailure("'\(name)' is too long for a command's name") }
        self.init(
            name,
            keys: keys,
            isReadOnly: isReadOnly,
            caching: caching,
            flushes: flushes,
            route: route,
            takes: takes
        )
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

    /// What has to happen before its reply leaves for the sake of keys that it doesn't name.
    ///
    /// A script may use keys that it doesn't declare, and many do. And what a client takes from a queue, or waits for,
    /// somebody else has written, as a rule together with other things that the client then reads.
    var effectOnOtherKeys: CommandMark.Effect {
        switch route {
        case .script: .anyKey
        case .blocking, .blockingIfAsked: .news
        default: takes ? .news : .none
        }
    }

    /// A copy that stays where it is for as long as the process lives.
    var permanent: UnsafePointer<CommandSpec> {
        let place = UnsafeMutablePointer<CommandSpec>.allocate(capacity: 1)
        place.initialize(to: self)
        return UnsafePointer(place)
    }
}
