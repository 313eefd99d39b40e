/// Something that gathers work during a turn of the event loop and does it once at the turn's end.
open class TickWork {
    /// Whether the end of a turn is already waited for: ``Tick``'s to say.
    final var isQueued = false

    /// Work without anything to do yet.
    public init() {}

    /// Called once at the end of a turn in which ``Tick/add(_:)`` was.
    open func runTick() {}
}
