/// Which abandoned connections the server hasn't confirmed to be dead, and who waits for that.
struct PendingKills {
    /// The number of a connection that is to be killed: they count up.
    typealias Number = Int

    private var last: Number = 0
    private var unconfirmed: [Number: ClientInfo] = [:]
    private var unsent: [Number] = []
    private var waiting: [(through: Number, body: () -> Void)] = []

    /// One more is to be killed.
    mutating func add(_ client: ClientInfo) -> Number {
        last += 1
        unconfirmed[last] = client
        return last
    }

    /// Whom the number stands for.
    func client(_ number: Number) -> ClientInfo? { unconfirmed[number] }

    /// The command couldn't be brought to the server for now.
    mutating func putOff(_ number: Number) { unsent.append(number) }

    /// Those that were put off.
    mutating func takeUnsent() -> [Number] {
        defer { unsent = [] }
        return unsent
    }

    /// The server has answered. Returns what was waited for and is now to be done.
    mutating func confirm(_ number: Number) -> [() -> Void] {
        unconfirmed[number] = nil
        let first = unconfirmed.keys.min() ?? .max
        let done = waiting.prefix { $0.through < first }.map(\.body)
        waiting.removeFirst(done.count)
        return done
    }

    /// Keeps `body` until all are dead that were added by now; false if they are.
    mutating func wait(_ body: @escaping () -> Void) -> Bool {
        guard !unconfirmed.isEmpty else { return false }
        waiting.append((last, body))
        return true
    }
}
