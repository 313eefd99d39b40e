import NIOCore

extension UpstreamFailure {
    /// What happened, for the log.
    public var event: String {
        switch self {
        case .unreachable(let server, let reason), .untrusted(let server, let reason):
            "cannot reach Redis at \(server): \(reason)"
        case .refused(let line): "Redis refuses the connection: \(line)"
        case .lost(let server, let reason): "lost the connection to Redis at \(server): \(reason)"
        case .timedOut(let server, let after): "no answer from Redis at \(server) within \(after)"
        }
    }
}

extension TimeAmount {
    /// As people write it: `250 ms`, `60 s`.
    var text: String {
        nanoseconds % 1_000_000_000 == 0 ? "\(nanoseconds / 1_000_000_000) s" : "\(nanoseconds / 1_000_000) ms"
    }

    static func / (amount: TimeAmount, divisor: Int64) -> TimeAmount { .nanoseconds(amount.nanoseconds / divisor) }
}
