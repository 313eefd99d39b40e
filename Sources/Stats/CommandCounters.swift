/// How often each command was given, by the command's number in the table of commands.
public final class CommandCounters: Sendable {
    private let counters: CounterArray

    /// Counters at zero for the commands 0 to `slots` - 1.
    public init(slots: Int) { counters = CounterArray(count: slots) }

    /// Counts `amount` more of the command `slot`. Only the loop that owns the counters may call this.
    @inline(__always)
    public func add(_ amount: Int = 1, slot: Int) { counters.add(amount, at: slot) }

    /// The counts now, by slot.
    public var current: [Int] { counters.current }
}
