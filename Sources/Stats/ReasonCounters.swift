/// How often something happened, by its reason.
public struct ReasonCounters<Kind: Reason>: ~Copyable, Sendable {
    private let counters = CounterArray(count: Kind.allCases.count)

    /// Counters at zero.
    public init() {}

    /// Counts `amount` more for `reason`. Only the loop that owns the counters may call this.
    @inline(__always)
    public func add(_ reason: Kind, _ amount: Int = 1) { counters.add(amount, at: reason.rawValue) }

    /// The counts now, those that are zero included.
    public var current: [Kind: Int] {
        let counts = counters.current
        return Dictionary(uniqueKeysWithValues: Kind.allCases.map { ($0, counts[$0.rawValue]) })
    }
}
