import NIOCore

/// A listener's part on each event loop.
public struct ListenerLoops<Loop: ListenerLoop>: Sendable {
    private let eventLoops: [any EventLoop]
    private let loops: [NIOLoopBound<Loop>]

    /// What `make` makes for each dispatcher, on its loop.
    ///
    /// - Parameters:
    ///   - group: the loops.
    ///   - dispatchers: one for each loop of `group`.
    public init(
        _ group: any EventLoopGroup,
        _ dispatchers: [NIOLoopBound<Dispatcher>],
        _ make: @escaping @Sendable (Dispatcher) -> Loop
    ) async throws {
        eventLoops = Array(group.makeIterator())
        var loops: [NIOLoopBound<Loop>] = []
        for (eventLoop, dispatcher) in zip(eventLoops, dispatchers) {
            loops.append(
                try await eventLoop.submit { NIOLoopBound(make(dispatcher.value), eventLoop: eventLoop) }.get()
            )
        }
        self.loops = loops
    }

    /// The part of the loop on which `channel` runs, to be asked for there.
    public func loop(of channel: any Channel) -> Loop {
        guard let index = eventLoops.firstIndex(where: { $0 === channel.eventLoop }) else {
            preconditionFailure("a client's channel runs on one of the listener's loops")
        }
        return loops[index].value
    }

    /// Lets clients finish what is under way, and closes what is left after `limit`.
    public func drain(within limit: TimeAmount) async {
        let done = zip(eventLoops, loops).map { eventLoop, loop in eventLoop.flatSubmit { loop.value.drain() } }
        guard let first = eventLoops.first else { return }
        let finished = EventLoopFuture.andAllComplete(done, on: first)
        let timer = first.scheduleTask(in: limit) {
            for (eventLoop, loop) in zip(eventLoops, loops) { eventLoop.execute { loop.value.closeAll() } }
        }
        try? await finished.get()
        timer.cancel()
    }
}
