import CommandDispatch
import NIOCore

/// How long a client has been at what it does, and whether that is too long.
///
/// Servers that wait for ever are easy to exhaust: a client need only begin a thousand requests and send a byte now and
/// then. So a head must be whole after some seconds, a body must come at a certain rate, and whoever reads nothing of
/// its response for a minute isn't waited for any longer; who reads slowly is. A connection on which nothing is under
/// way may stay for a while.
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
        /// The connection's last response is on its way.
        case sendingLast
        case closing
    }

    private static let headLimit = TimeAmount.seconds(10)
    private static let bodyLimit = TimeAmount.seconds(30)
    /// In bytes a second.
    private static let slowestRate: Int64 = 16 << 10
    private static let idleLimit = TimeAmount.seconds(75)
    private static let stuckLimit = TimeAmount.seconds(60)
    private static let closingLimit = TimeAmount.seconds(2)

    /// Whether the connection is to end as soon as what is under way is answered: the server stops, say.
    private(set) var isDraining = false
    private var phase = Phase.idle
    private var since: NIODeadline
    /// When more of the body must have come: what has come puts it off, but never far.
    private var bodyDue: NIODeadline
    /// Whether so much is unsent that requests wait.
    private var isBlocked = false
    private var unsent = 0
    /// Since when the client has taken nothing of what is sent to it; nil if nothing is.
    private var stuckSince: NIODeadline?
    /// Whether something has come behind the request that is being answered.
    private var nextHasBegun = false

    init(now: NIODeadline) {
        since = now
        bodyDue = now
    }

    /// Bytes have come, of whatever.
    mutating func received(now: NIODeadline) {
        switch phase {
        case .idle: enter(.head, now)
        case .answering: nextHasBegun = true
        case .head, .body, .sendingLast, .closing: break
        }
    }

    /// More of the body has come. What a client may write around its chunks doesn't count.
    mutating func bodyReceived(_ count: Int, now: NIODeadline) {
        let earned = TimeAmount.nanoseconds(Int64(count) * (1_000_000_000 / Self.slowestRate))
        bodyDue = min(bodyDue + earned, now + Self.bodyLimit)
    }

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
        isBlocked = !isWritable
        if isWritable, phase == .idle || phase == .head || phase == .body { enter(phase, now) }
    }

    /// So many bytes are written that haven't left.
    mutating func look(atUnsent count: Int, now: NIODeadline) {
        if count == 0 {
            stuckSince = nil
        } else if count != unsent || stuckSince == nil {
            stuckSince = now
        }
        unsent = count
    }

    /// The response that is written is the connection's last.
    mutating func sendingLast(now: NIODeadline) { enter(.sendingLast, now) }

    /// All has left, and the connection ends as soon as the client closes its side.
    mutating func closing(now: NIODeadline) { enter(.closing, now) }

    /// The connection is to end as soon as what is under way is answered.
    mutating func drain(now: NIODeadline) {
        isDraining = true
        if phase == .idle || phase == .head { enter(phase, now) }
    }

    private mutating func enter(_ phase: Phase, _ now: NIODeadline) {
        self.phase = phase
        since = now
        bodyDue = now + Self.bodyLimit
    }

    /// How long the request at hand has been answered.
    func answering(at now: NIODeadline) -> TimeAmount? { phase == .answering ? now - since : nil }

    /// What is to be done now.
    func verdict(at now: NIODeadline) -> Verdict {
        if let stuckSince, now - stuckSince > Self.stuckLimit { return .close }
        guard !isBlocked || phase == .closing else { return .fine }
        let time = now - since
        switch phase {
        // While something is unsent, who takes it may stay.
        case .idle where unsent > 0: return .fine
        case .idle: return time > (isDraining ? Draining.patience : Self.idleLimit) ? .close : .fine
        case .head:
            if isDraining { return time > Draining.patience && unsent == 0 ? .close : .fine }
            return time > Self.headLimit ? .tooSlow : .fine
        case .body: return now > bodyDue ? .tooSlow : .fine
        case .answering, .sendingLast: return .fine
        case .closing: return time > Self.closingLimit ? .close : .fine
        }
    }
}
