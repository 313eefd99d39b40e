import Glibc
import NIOCore

/// The end of an event loop's turn, when what was gathered during it is written.
///
/// A turn reads every socket that is ready before it runs tasks. So whatever the clients of this loop asked for in one
/// turn leaves for the server in one write, and every client gets its replies in one write: the number of system calls
/// per command falls as the load rises. There is no timer and no added wait, but for ``WritePacing`` and for who has
/// had his share of a turn. Whether others have the processor before the next turn is for ``YieldPolicy`` to say.
public final class Tick {
    private let eventLoop: any EventLoop
    private var queue: [TickWork] = []
    private var running: [TickWork] = []
    private var forNextTurn: [TickWork] = []
    /// No optional: to take a function out of one costs two allocations.
    private var task: @Sendable () -> Void = {}
    private var hasTask = false
    private var isScheduled = false
    private var isNextTurnScheduled = false
    private var yielding = YieldPolicy()
    /// How many commands and replies this turn has carried.
    private var carried = 0
    /// Which turn it is: they count up.
    public private(set) var turn = 0
    /// Long enough for the loop to look at its sockets before it runs the task.
    private static let pause = TimeAmount.microseconds(50)

    /// The ticks of `eventLoop`; used on it only.
    public init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// So many commands have come from a client, or replies from a server.
    @inline(__always)
    public func note(carried count: Int) { carried += count }

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
        forNextTurn.append(work)
    }

    private func enqueue(_ work: TickWork) {
        queue.append(work)
        guard !isScheduled else { return }
        isScheduled = true
        if !hasTask {
            hasTask = true
            let bound = NIOLoopBound(self, eventLoop: eventLoop)
            task = { bound.value.run() }
        }
        eventLoop.execute(task)
    }

    /// Work that adds work runs again at once, until nothing is left: a reply written now must not wait for a packet.
    private func run() {
        guard isScheduled else { return }
        turn += 1
        while !queue.isEmpty {
            swap(&queue, &running)
            for work in running {
                work.isQueued = false
                work.runTick()
            }
            running.removeAll(keepingCapacity: true)
        }
        isScheduled = false
        let isBusy = yielding.turnEnded(carrying: carried)
        carried = 0
        if isBusy { yieldProcessor() }
        if !forNextTurn.isEmpty { scheduleNextTurn() }
    }

    /// A task that is executed right away would run before the loop has looked at its sockets, and so would a second
    /// that is late.
    private func scheduleNextTurn() {
        guard !isNextTurnScheduled else { return }
        isNextTurnScheduled = true
        eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            isNextTurnScheduled = false
            queue += forNextTurn
            forNextTurn.removeAll(keepingCapacity: true)
            // What runs now may add work without a task of its own.
            isScheduled = true
            run()
        }
    }

    private func yieldProcessor() {
        let start = NIODeadline.now()
        guard yielding.mayYield(at: start) else { return }
        var end = start
        for _ in 0..<YieldPolicy.times {
            let before = end
            sched_yield()
            end = .now()
            if !YieldPolicy.isWorthRepeating(tookTime: end - before, of: end - start) { break }
        }
        yielding.yielded(for: end - start)
    }
}
