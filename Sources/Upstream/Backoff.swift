import NIOCore

/// The waits between attempts to reconnect: they double up to a limit, and half of each is random, so that many
/// sidecars don't come back to a restarted Redis all at once.
struct Backoff {
    private let first: TimeAmount
    private let maximum: TimeAmount
    private var attempts = 0

    init(first: TimeAmount, maximum: TimeAmount) {
        self.first = first
        self.maximum = maximum
    }

    /// The wait before the next attempt.
    mutating func next() -> TimeAmount {
        let doubled = first.nanoseconds << Int64(min(attempts, 20))
        let full = min(doubled, maximum.nanoseconds)
        attempts += 1
        return .nanoseconds(full / 2 + Int64.random(in: 0...max(full / 2, 1)))
    }

    /// The server is back: the next wait is short again.
    mutating func reset() { attempts = 0 }
}
