import Synchronization

/// A number that one event loop changes and anybody may read.
///
/// Because only its loop writes it, a change is a plain load and a plain store: no locked instruction on the path of a
/// command.
public struct Counter: ~Copyable, Sendable {
    private let value = Atomic<Int>(0)

    /// A counter at zero.
    public init() {}

    /// Adds `amount`, which may be negative. Only the loop that owns the counter may call this.
    @inline(__always)
    public func add(_ amount: Int = 1) {
        value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    /// The number now.
    public var current: Int { value.load(ordering: .relaxed) }
}
