import RESP

extension RingQueue where Element == PendingRun {
    /// Takes out every command of every run, in order, with its bytes in `log`. Of the reply to the first command that
    /// was sent a part has been handed on if `firstIsTorn`.
    mutating func removeAll(_ log: CommandLog, firstIsTorn: Bool, _ body: (Unanswered) -> Void) {
        var isTorn = firstIsTorn
        log.forEachUnanswered { command, mayHaveBeenSent in
            removeThoseWithoutCommand(body)
            guard !isEmpty else { return }
            let run = first
            body(
                Unanswered(
                    receiver: run.receiver,
                    command: command,
                    mayHaveBeenSent: mayHaveBeenSent,
                    wasRetried: run.expectation == .retriedReplies,
                    isTorn: isTorn,
                    failure: nil
                )
            )
            isTorn = false
            first.commands -= 1
            if first.commands == 0 { _ = removeFirst() }
        }
        removeThoseWithoutCommand(body)
    }

    /// Those that had failed already and waited for their turn, and a stream's receiver, have no command in the log.
    private mutating func removeThoseWithoutCommand(_ body: (Unanswered) -> Void) {
        while !isEmpty {
            let run = first
            switch run.expectation {
            case .replies, .retriedReplies: return
            case .failure(let failure):
                for _ in 0..<run.commands { body(Unanswered(receiver: run.receiver, failure: failure)) }
            case .stream, .rawStream:
                body(Unanswered(receiver: run.receiver, isTorn: true))
            }
            _ = removeFirst()
        }
    }
}
