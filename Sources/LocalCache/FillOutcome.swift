/// What became of a reply that was to be kept.
public enum FillOutcome: Sendable {
    /// It is in the cache.
    case stored
    /// The key changed, or may have, while the reply was on its way.
    case leaseLost
    /// It is larger than an entry may be.
    case tooLarge
}
