/// Something that gathers work during a turn of the event loop and does it once at the turn's end.
open class TickWork {
    /// Whether the turn's end is already waited for.
    fileprivate var isQueued = false

    /// Work without anything to do yet.
    public init() {}

    /// Called once at the end of a turn in which ``Tick/add(_:)`` was.
    open func runTick() {}
}

extension Tick {
    /// Sees to it that `work` runs at the end of this turn of the loop.
    @inline(__always)
    public func add(_ work: TickWork) {
        guard !work.isQueued else { return }
        work.isQueued = true
        enqueue(work)
    }

    /// Sees to it that `work` runs at the end of the next turn, before which every socket is looked at.
    public func addToNextTurn(_ work: TickWork) {
        guard !work.isQueued else { return }
        work.isQueued = true
        enqueueForNextTurn(work)
    }

    func run(_ work: TickWork) {
        work.isQueued = false
        work.runTick()
    }
}
