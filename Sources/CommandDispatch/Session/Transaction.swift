/// What the commands of a session since its MULTI will do to keys when EXEC's reply leaves.
///
/// It follows what was sent, not what the server said: a MULTI that was refused makes a few purges too many, until the
/// session gives its connection back.
struct Transaction {
    private(set) var isOpen = false
    private(set) var marks: [CommandMark] = []

    /// More marks than these count as keys that can't be told.
    private static let mostMarks = 4096

    mutating func begin() { isOpen = true }

    mutating func add(_ mark: CommandMark) {
        guard isOpen, mark.effect != .none else { return }
        if marks.count < Self.mostMarks {
            marks.append(mark)
        } else if mark.effect == .flush {
            // One flush is as good as many.
            if !marks[Self.mostMarks...].contains(where: { $0.effect == .flush }) { marks.append(mark) }
        } else if !marks[Self.mostMarks...].contains(where: { $0.effect == .anyKey }) {
            marks.append(
                CommandMark(hash: 0, sentAt: 0, command: mark.command, effect: .anyKey, isLast: false)
            )
        }
    }

    /// Ends it and hands out its marks.
    mutating func end() -> [CommandMark] {
        defer { self = Transaction() }
        return marks
    }
}
