import Upstream

/// Which of the commands that went into a tunnel have their replies.
///
/// A command that subscribes is answered once for each channel; UNSUBSCRIBE without any, as often as there were channels; and
/// with CLIENT REPLY others get no reply at all. So it can't always be told. In doubt a command counts as one without a reply.
struct TunnelledCommands: ~Copyable {
    /// What is to be expected of one.
    enum Kind {
        /// One reply, before which this has to happen to the cache.
        case ordinary(CommandMark)
        /// So many confirmations, or one error.
        case subscription(Int)
        /// Some confirmations, or one error.
        case unsubscription(isConfirmed: Bool)
    }

    /// How many there were: the number of the last one.
    private(set) var sent = 0
    private var unanswered = RingQueue<Kind>()

    /// How many of them, in order, have their replies for certain.
    var answered: Int { sent - unanswered.count }

    /// One more was sent.
    mutating func add(_ kind: Kind) {
        sent += 1
        unanswered.append(kind)
    }

    /// The command that a frame answers which has begun to come; nil if it answers none, or one that subscribes.
    func answered(by frame: TunnelledFrame) -> CommandMark? {
        guard !unanswered.isEmpty else { return nil }
        var index = 0
        switch frame {
        case .push, .confirmation: return nil
        case .error: if case .unsubscription(isConfirmed: true) = unanswered.first { index = 1 }
        case .reply:
            while index < unanswered.count {
                if case .ordinary = unanswered[index] { break }
                index += 1
            }
        }
        guard index < unanswered.count, case .ordinary(let mark) = unanswered[index] else { return nil }
        return mark
    }

    /// A frame has come.
    mutating func receive(_ frame: TunnelledFrame) {
        guard !unanswered.isEmpty else { return }
        switch (frame, unanswered.first) {
        case (.push, _), (.confirmation, .ordinary): break
        case (.confirmation, .subscription(let left)) where left > 1: unanswered.first = .subscription(left - 1)
        case (.confirmation, .unsubscription): unanswered.first = .unsubscription(isConfirmed: true)
        case (.error, .unsubscription(isConfirmed: true)):
            removeFirst()
            removeFirst()
        case (.confirmation, .subscription), (.error, _), (.reply, .ordinary): removeFirst()
        case (.reply, _):
            // Whatever is in front of it is done.
            removeFirst()
            receive(frame)
        }
    }

    private mutating func removeFirst() {
        if !unanswered.isEmpty { _ = unanswered.removeFirst() }
    }
}
