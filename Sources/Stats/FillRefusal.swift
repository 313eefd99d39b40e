/// Why the reply to a miss wasn't stored.
public enum FillRefusal: Int, Reason {
    /// The key was invalidated while the reply was under way.
    case leaseLost
    /// Larger than an entry may be.
    case tooLarge
    /// An error reply.
    case errorReply
    /// The key's time was up when the reply came.
    case expired
    /// PTTL failed, so nobody knows how long the reply holds.
    case noDeadline
    /// The key was missing for GET and there for PTTL, or the other way round.
    case missingUncertain

    /// The reason in metrics and JSON.
    public var name: String {
        switch self {
        case .leaseLost: "lease_lost"
        case .tooLarge: "too_large"
        case .errorReply: "error_reply"
        case .expired: "expired"
        case .noDeadline: "no_deadline"
        case .missingUncertain: "missing_uncertain"
        }
    }
}
