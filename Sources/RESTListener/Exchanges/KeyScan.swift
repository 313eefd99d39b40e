import NIOHTTP1

/// SCAN, asked for step by step.
struct KeyScan {
    /// What the keys must match, as Redis's glob; nil for anything.
    let pattern: [UInt8]?
    /// Where the next step begins.
    private(set) var cursor: [UInt8]

    private static let start = [UInt8(ascii: "0")]

    init(pattern: [UInt8]?, from cursor: [UInt8] = Self.start) {
        self.pattern = pattern
        self.cursor = cursor
    }

    /// Whether the last step came to the end.
    var isOver: Bool { cursor == Self.start }

    /// Asks for the next step, which looks at about `count` keys.
    func ask(_ count: Int, _ commands: inout CommandQueue) {
        commands.add(pattern == nil ? 4 : 6) { command in
            command.add("SCAN")
            command.add(cursor)
            command.add("COUNT")
            command.add(count)
            guard let pattern else { return }
            command.add("MATCH")
            command.add(pattern)
        }
    }

    /// Takes the reply, after which `reply` stands before the keys: how many there are.
    mutating func take(_ reply: inout ReplyCursor) throws(HTTPError) -> Int {
        guard case .array = reply.next(), case .string(let next) = reply.next(), case .array(let count) = reply.next()
        else { throw HTTPError(.internalServerError, "SCAN was answered with something else") }
        cursor = Array(next)
        return count
    }
}
