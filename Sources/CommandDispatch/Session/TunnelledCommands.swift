import Upstream

/// Which of the commands that went into a tunnel have their replies.
///
/// A command that subscribes is answered once for each channel; UNSUBSCRIBE without any, as often as there were
/// channels; and with CLIENT REPLY others get no reply at all. So it can't always be told. In doubt a command counts as
/// one without a reply.
///
/// What has no reply may be without end: nobody answers a client that wants no replies, and who is blocked may send on.
/// So no more than a certain number are remembered with what they do; those behind them are counted, and may have done
/// anything.
struct TunnelledCommands: ~Copyable {
    /// What is to be expected of one.
    enum Kind {
        /// One reply, before which this has to happen to the cache.
        case ordinary(CommandMark)
        /// So many commands with one reply each, before which anything may have to happen.
        case unmarked(Int)
        /// So many confirmations, or one error.
        case subscription(Int)
        /// Some confirmations, or one error.
        case unsubscription(isConfirmed: Bool)

        fileprivate var isAboutSubscriptions: Bool {
            switch self {
            case .ordinary, .unmarked: false
            case .subscription, .unsubscription: true
            }
        }
    }

    /// How many there were: the number of the last one.
    private(set) var sent = 0
    /// How many of them, in order, have their replies for certain.
    private(set) var answered = 0
    /// Replies don't show any more which commands they are to: no more count as answered.
    private(set) var isCountLost = false
    private var unanswered = RingQueue<Kind>()
    /// How many channels and patterns, and how many channels of shards, are subscribed to.
    private var subscriptions = 0
    private var shardSubscriptions = 0

    /// So many are remembered with what they do.
    static let mostMarked = 4096
    private static let mostRemembered = 2 * mostMarked

    /// Whether messages may come.
    var hasSubscriptions: Bool { subscriptions > 0 || shardSubscriptions > 0 }

    /// Whether each has its replies, for certain.
    var areAllAnswered: Bool { !isCountLost && unanswered.isEmpty }

    /// Whether the command that is answered next is one that subscribes or unsubscribes.
    var isSubscribing: Bool {
        !unanswered.isEmpty && unanswered.first.isAboutSubscriptions
    }

    /// One more was sent.
    mutating func add(_ kind: Kind) {
        sent += 1
        guard !isCountLost else { return }
        switch kind {
        case .ordinary where unanswered.count >= Self.mostMarked, .unmarked:
            if !unanswered.isEmpty, case .unmarked(let count) = unanswered.last {
                unanswered.last = .unmarked(count + 1)
            } else {
                unanswered.append(.unmarked(1))
            }
        default: unanswered.append(kind)
        }
        if unanswered.count > Self.mostRemembered { loseCount() }
    }

    /// From now on replies don't show which commands they are to.
    mutating func loseCount() {
        isCountLost = true
        unanswered = RingQueue()
    }

    /// A confirmation has come that says how many subscriptions there are; nil if it can't be read.
    mutating func noteSubscriptions(_ count: Int?, ofShards: Bool) {
        if ofShards { shardSubscriptions = count ?? 1 } else { subscriptions = count ?? 1 }
    }

    /// The command that a frame answers which has begun to come; nil if it answers none, or one that subscribes.
    func answered(by frame: TunnelledFrame) -> CommandMark? {
        guard !unanswered.isEmpty else { return nil }
        var index = 0
        switch frame {
        case .push, .confirmation: return nil
        case .error: if case .unsubscription(isConfirmed: true) = unanswered.first { index = 1 }
        case .reply: while index < unanswered.count, unanswered[index].isAboutSubscriptions { index += 1 }
        }
        guard index < unanswered.count else { return nil }
        switch unanswered[index] {
        case .ordinary(let mark): return mark
        case .unmarked: return CommandMark(hash: 0, sentAt: 0, command: 0, effect: .anyKey, isLast: true)
        case .subscription, .unsubscription: return nil
        }
    }

    /// A frame has come.
    mutating func receive(_ frame: TunnelledFrame) {
        guard !unanswered.isEmpty else { return }
        switch (frame, unanswered.first) {
        case (.push, _), (.confirmation, .ordinary), (.confirmation, .unmarked): break
        case (.confirmation, .subscription(let left)) where left > 1: unanswered.first = .subscription(left - 1)
        case (.confirmation, .unsubscription) where hasSubscriptions:
            unanswered.first = .unsubscription(isConfirmed: true)
        case (.error, .unsubscription(isConfirmed: true)):
            removeFirst()
            removeFirst()
        case (.confirmation, .subscription), (.confirmation, .unsubscription), (.error, _), (.reply, .ordinary),
            (.reply, .unmarked):
            removeFirst()
        case (.reply, _):
            // Whatever is in front of it is done.
            removeFirst()
            receive(frame)
        }
    }

    private mutating func removeFirst() {
        guard !unanswered.isEmpty else { return }
        answered += 1
        if case .unmarked(let count) = unanswered.first, count > 1 {
            unanswered.first = .unmarked(count - 1)
        } else {
            _ = unanswered.removeFirst()
        }
    }
}
