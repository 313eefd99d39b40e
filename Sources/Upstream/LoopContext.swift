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
    /// When the loop last looked at the clock: at the beginning of what it does now, as a rule.
    public private(set) var now = NIODeadline.now()
    /// ``now`` in whole milliseconds.
    public private(set) var nowMilliseconds = Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000)
    /// The lower half of ``now`` in microseconds.
    public var nowMicroseconds: UInt32 { UInt32(truncatingIfNeeded: now.uptimeNanoseconds / 1000) }
    /// Called when the loop has stood still, before it goes on: the process was stopped, or had no processor. What
    /// came meanwhile waits in the sockets, and nobody knows which of them is read first.
    public var onStandstill: (() -> Void)?
    /// It looks at the clock several times in this time, so it has stood still if it didn't.
    private static let standstill = TimeAmount.seconds(1)
    /// Where events are logged.
    public let logger: Logger

    /// The context of `eventLoop`.
    public init(eventLoop: any EventLoop, logger: Logger) {
        self.eventLoop = eventLoop
        self.tick = Tick(eventLoop: eventLoop)
        self.logger = logger
    }

    /// Looks at the clock. One look serves all that is read from a socket at once.
    @discardableResult
    public func lookAtClock() -> NIODeadline {
        let last = now
        now = .now()
        if now - last > Self.standstill { onStandstill?() }
        nowMilliseconds = Int64(truncatingIfNeeded: now.uptimeNanoseconds / 1_000_000)
        return now
    }
}
