import CommandDispatch
import NIOCore

/// How long a client has been at what it does, and whether that is too long.
///
/// Servers that wait for ever are easy to exhaust: a client need only begin a thousand requests and send a byte now and
/// then. So a head must be whole after some seconds, a body must come at a certain rate, and whoever doesn't read its
/// response for a minute isn't waited for any longer. A connection on which nothing is under way may stay for a while.
struct RequestClock {
    /// What is to be done about a client.
    enum Verdict {
        case fine
        /// It takes too long for its request: it is told so.
        case tooSlow
        /// It is silent, doesn't read, or doesn't close its side: its connection is closed.
        case close
    }

    private enum Phase {
        case idle
        case head
        case body
        case answering
        case closing
    }

    private static let headLimit = TimeAmount.seconds(10)
    private static let bodyLimit = TimeAmount.seconds(30)
    private static let slowestRate = 16 << 10
    private static let idleLimit = TimeAmount.seconds(75)
    private static let stuckLimit = TimeAmount.seconds(60)
    private static let closingLimit = TimeAmount.seconds(2)

    /// Whether the connection is to end as soon as what is under way is answered: the server stops, say.
    private(set) var isDraining = false
    private var phase = Phase.idle
    private var since: NIODeadline
    private var bytes = 0
    /// Since when the client takes nothing of what is sent to it; nil while it does.
    private var stuckSince: NIODeadline?
    /// Whether something has come behind the request that is being answered.
    private var nextHasBegun = false

    init(now: NIODeadline) { since = now }

    /// Bytes have come, of whatever.
    mutating func received(now: NIODeadline) {
        switch phase {
        case .idle: enter(.head, now)
        case .answering: nextHasBegun = true
        case .head, .body, .closing: break
        }
    }

    /// More of the body has come. What a client may write around its chunks doesn't count.
    mutating func bodyReceived(_ count: Int) { bytes += count }

    /// A head is whole, its body is to come.
    mutating func headRead(now: NIODeadline) {
        nextHasBegun = false
        enter(.body, now)
    }

    /// A request is whole.
    mutating func requestRead(now: NIODeadline) { enter(.answering, now) }

    /// Its answer is written.
    mutating func answered(now: NIODeadline) {
        enter(nextHasBegun ? .head : .idle, now)
        nextHasBegun = false
    }

    /// The client takes nothing more, or takes something again. Its requests wait in between, and then have their whole
    /// time again.
    mutating func writabilityChanged(_ isWritable: Bool, now: NIODeadline) {
        stuckSince = isWritable ? nil : now
        if isWritable, phase == .idle || phase == .head || phase == .body { enter(phase, now) }
    }

    /// The connection ends as soon as the client closes its side.
    mutating func closing(now: NIODeadline) { enter(.closing, now) }

    /// The connection is to end as soon as what is under way is answered.
    mutating func drain(now: NIODeadline) {
        isDraining = true
        if phase == .idle || phase == .head { enter(phase, now) }
    }

    private mutating func enter(_ phase: Phase, _ now: NIODeadline) {
        self.phase = phase
        since = now
        bytes = 0
    }

    /// How long the request at hand has been answered.
    func answering(at now: NIODeadline) -> TimeAmount? { phase == .answering ? now - since : nil }

    /// What is to be done now.
    func verdict(at now: NIODeadline) -> Verdict {
        if phase != .closing, let stuckSince { return now - stuckSince > Self.stuckLimit ? .close : .fine }
        let time = now - since
        switch phase {
        case .idle: return time > (isDraining ? Draining.patience : Self.idleLimit) ? .close : .fine
        case .head:
            if isDraining { return time > Draining.patience ? .close : .fine }
            return time > Self.headLimit ? .tooSlow : .fine
        case .body:
            return time > Self.bodyLimit + .seconds(Int64(bytes / Self.slowestRate)) ? .tooSlow : .fine
        case .answering: return .fine
        case .closing: return time > Self.closingLimit ? .close : .fine
        }
    }
}
