import RESP

/// Where the keys stand among a command's arguments.
enum KeyPositions: Sendable, Equatable {
    /// It names none.
    case none
    /// The first argument alone.
    case first
    /// From `first` to `last` in steps of `step`; a negative `last` counts from the end. As in `COMMAND`.
    case range(first: Int, last: Int, step: Int = 1)
    /// As many as the argument at `at` says, behind it.
    case counted(at: Int)
    /// The first argument, and as many as the second one says behind that: `ZUNIONSTORE`.
    case firstAndCounted
    /// The first argument, and what follows `STORE` or `STOREDIST`: `SORT`, `GEORADIUS`.
    case firstAndStore
    /// The first half of what follows `STREAMS`.
    case streams
    /// They can't be told from the arguments.
    case unknown

    /// Every argument.
    static let all = KeyPositions.range(first: 1, last: -1)

    /// Calls `body` with each key; false when there may be keys that can't be told.
    @inline(__always)
    func forEachKey(in command: Command, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        switch self {
        case .none: return true
        case .first:
            if command.count > 1 { body(command[1]) }
            return true
        default: return forEachFarKey(in: command, body)
        }
    }

    private func forEachFarKey(in command: Command, _ body: (UnsafeRawBufferPointer) -> Void) -> Bool {
        let end = command.count - 1
        switch self {
        case .none, .first, .unknown: return false
        case .range(let first, let last, let step):
            for index in stride(from: first, through: min(end, last < 0 ? end + 1 + last : last), by: step) {
                body(command[index])
            }
            return true
        case .counted(let position):
            return Self.forEachCounted(in: command, at: position, body)
        case .firstAndCounted:
            if command.count > 1 { body(command[1]) }
            return Self.forEachCounted(in: command, at: 2, body)
        case .firstAndStore:
            if command.count > 1 { body(command[1]) }
            var readsOthers = false
            for index in stride(from: 2, to: end, by: 1) {
                if command.argument(index, is: "store") || command.argument(index, is: "storedist") {
                    body(command[index + 1])
                } else if command.argument(index, is: "by") || command.argument(index, is: "get") {
                    // SORT reads the keys that these patterns make of the elements.
                    readsOthers = true
                }
            }
            return !readsOthers
        case .streams:
            guard let start = Self.streamsKeyword(in: command) else { return true }
            for index in stride(from: start + 1, through: start + (end - start) / 2, by: 1) { body(command[index]) }
            return true
        }
    }

    /// Where STREAMS stands; a group may be called that, too.
    private static func streamsKeyword(in command: Command) -> Int? {
        var index = 1
        while index < command.count - 1 {
            if command.argument(index, is: "streams") { return index }
            if command.argument(index, is: "group") {
                index += 3
            } else if command.argument(index, is: "count") || command.argument(index, is: "block") {
                index += 2
            } else {
                index += 1
            }
        }
        return nil
    }

    /// A script that declares no key may use any.
    private static func forEachCounted(
        in command: Command,
        at position: Int,
        _ body: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        guard position < command.count, let count = Decimal.parse(command[position]), count > 0 else { return false }
        for index in stride(from: position + 1, through: position + min(count, command.count - 1 - position), by: 1) {
            body(command[index])
        }
        return true
    }
}
