/// Which part of a session's ready replies may not leave yet, and the round that each part waits for.
struct OutputHolds {
    private struct Hold {
        var start: Int
        let round: UInt64
    }

    /// Of rounds that aren't settled there are two at most, so of these, too.
    private var holds: [Hold] = []

    var isEmpty: Bool { holds.isEmpty }

    /// What is ready from the byte `start` on waits for `round`, and so does what comes after it.
    mutating func add(from start: Int, until round: UInt64) {
        guard round > holds.last?.round ?? 0 else { return }
        holds.append(Hold(start: start, round: round))
    }

    /// How many of `count` ready bytes may leave, now that the rounds up to `settled` are. They are taken to be gone.
    mutating func release(of count: Int, settled: UInt64) -> Int {
        holds.removeAll { $0.round <= settled }
        guard let start = holds.first?.start else { return count }
        for index in holds.indices { holds[index].start -= start }
        return start
    }
}
