import Logging
import NIOCore

/// What everything on one event loop shares.
public final class LoopContext {
    /// The loop.
    public let eventLoop: any EventLoop
    /// The end of its turn.
    public let tick: Tick
    /// Its write buffers.
    public let buffers = BufferPool()
    /// Where events are logged.
    public let logger: Logger

    /// The context of `eventLoop`.
    public init(eventLoop: any EventLoop, logger: Logger) {
        self.eventLoop = eventLoop
        self.tick = Tick(eventLoop: eventLoop)
        self.logger = logger
    }
}
