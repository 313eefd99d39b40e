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
    private var surplus = 0
    private var dateSecond: UInt64 = 0
    private var dateLine = ByteBuffer()

    /// Bodies and replies that are waiting may take this much in all, in bytes.
    private static let mostWaiting = 256 << 20
    private static let sweepInterval = TimeAmount.milliseconds(500)
    /// So many connections beyond the clients that there may be can wait for their request at a time.
    private static let mostSurplus = 32

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

    /// The line with the `Date` header, made once a second.
    var date: ByteBuffer {
        let second = now.uptimeNanoseconds / 1_000_000_000
        if second != dateSecond {
            dateSecond = second
            dateLine = ByteBuffer(string: "Date: \(Timestamp.httpDate())\r\n")
        }
        return dateLine
    }

    /// There is another connection; the result is how it stands.
    func opened(_ connection: RESTConnection) -> Standing {
        connections[ObjectIdentifier(connection)] = connection
        counters.restConnections.add()
        startSweeps()
        guard dispatcher.server.allClients >= configuration.maxClients else {
            counters.restClients.add()
            return .client
        }
        guard surplus < Self.mostSurplus else { return .turnedAway }
        surplus += 1
        return .surplus
    }

    /// A connection that stood so doesn't any more.
    func left(_ standing: Standing) {
        switch standing {
        case .client: counters.restClients.add(-1)
        case .surplus: surplus -= 1
        case .turnedAway: break
        }
    }

    /// A connection is too many.
    func noteRejection() {
        counters.rejectedConnections.add()
        dispatcher.server.rejections.noteTooMany(limit: configuration.maxClients, dispatcher.context.logger)
    }

    private func startSweeps() {
        guard sweeps == nil else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        sweeps = eventLoop.scheduleRepeatedTask(initialDelay: Self.sweepInterval, delay: Self.sweepInterval) { _ in
            bound.value.sweep()
        }
    }

    func closed(_ connection: RESTConnection) {
        connections[ObjectIdentifier(connection)] = nil
        left(connection.standing)
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
        for connection in connections.values { connection.drop() }
    }
}
