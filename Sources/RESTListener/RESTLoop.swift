import CommandDispatch
import Logging
import NIOCore
import Stats
import Upstream

/// The HTTP clients of one event loop.
final class RESTLoop: ListenerLoop {
    let dispatcher: Dispatcher
    let configuration: RESTListenerConfiguration
    let gate: Gate
    /// How many bytes of bodies and replies wait in all connections.
    var waitingBytes = 0
    private var connections: [ObjectIdentifier: RESTConnection] = [:]
    private var drained: EventLoopPromise<Void>?
    private var sweeps: RepeatedTask?
    private var dateSecond: UInt64 = 0
    private var dateLine = ByteBuffer()

    /// Bodies and replies that are waiting may take this much in all, in bytes.
    private static let mostWaiting = 256 << 20
    private static let sweepInterval = TimeAmount.milliseconds(500)

    init(_ dispatcher: Dispatcher, _ configuration: RESTListenerConfiguration) {
        self.dispatcher = dispatcher
        self.configuration = configuration
        gate = Gate(configuration)
    }

    var counters: LoopCounters { dispatcher.counters }

    var eventLoop: any EventLoop { dispatcher.context.eventLoop }

    /// When the loop last looked at the clock.
    var now: NIODeadline { dispatcher.context.now }

    /// Whether bodies have to be refused until others are done.
    var isFull: Bool { waitingBytes > Self.mostWaiting }

    /// Whether one more client would be too many.
    var hasTooManyClients: Bool { dispatcher.server.allClients > configuration.maxClients }

    /// The line with the `Date` header, made once a second.
    var date: ByteBuffer {
        let second = now.uptimeNanoseconds / 1_000_000_000
        if second != dateSecond {
            dateSecond = second
            dateLine = ByteBuffer(string: "Date: \(Timestamp.httpDate())\r\n")
        }
        return dateLine
    }

    func opened(_ connection: RESTConnection) {
        connections[ObjectIdentifier(connection)] = connection
        counters.restClients.add()
        counters.restConnections.add()
        guard sweeps == nil else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        sweeps = eventLoop.scheduleRepeatedTask(initialDelay: Self.sweepInterval, delay: Self.sweepInterval) { _ in
            bound.value.sweep()
        }
    }

    func closed(_ connection: RESTConnection) {
        connections[ObjectIdentifier(connection)] = nil
        counters.restClients.add(-1)
        guard connections.isEmpty else { return }
        sweeps?.cancel()
        sweeps = nil
        drained?.succeed()
    }

    private func sweep() {
        let now = dispatcher.context.lookAtClock()
        for connection in connections.values { connection.checkTime(now) }
    }

    /// Lets every client have its answer; the future succeeds when all are gone.
    func drain() -> EventLoopFuture<Void> {
        let promise = eventLoop.makePromise(of: Void.self)
        drained = promise
        for connection in connections.values { connection.drain() }
        if connections.isEmpty { promise.succeed() }
        return promise.futureResult
    }

    /// Closes those that are left.
    func closeAll() {
        for connection in connections.values { connection.abort() }
    }
}
