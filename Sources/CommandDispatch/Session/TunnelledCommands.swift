import Upstream

/// Which of the commands that went into a tunnel have their replies.
///
/// Commands that subscribe get any number of replies, and with CLIENT REPLY others get none: so it can't always be told. In
/// doubt a command counts as one without a reply.
struct TunnelledCommands: ~Copyable {
    /// What is known of one.
    enum Kind {
        case ordinary
        case subscription
        case confirmedSubscription
    }

    /// How many there were: the number of the last one.
    private(set) var sent = 0
    private var unanswered = RingQueue<Kind>()

    /// How many of them, in order, have their replies for certain.
    var answered: Int { sent - unanswered.count }

    /// One more was sent.
    mutating func add(isSubscription: Bool) {
        sent += 1
        unanswered.append(isSubscription ? .subscription : .ordinary)
    }

    /// A frame has come.
    mutating func receive(_ frame: TunnelledFrame) {
        guard !unanswered.isEmpty else { return }
        switch frame {
        case .push: break
        case .confirmation:
            if unanswered.first == .subscription { unanswered.first = .confirmedSubscription }
        case .error:
            // One that is confirmed may have an error no more, but further confirmations.
            if unanswered.first == .confirmedSubscription { removeFirst() }
            removeFirst()
        case .reply:
            while !unanswered.isEmpty, unanswered.first != .ordinary { removeFirst() }
            removeFirst()
        }
    }

    private mutating func removeFirst() {
        if !unanswered.isEmpty { _ = unanswered.removeFirst() }
    }
}
