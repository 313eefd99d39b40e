import CommandDispatch
import Logging
import NIOCore
import Stats
import Upstream

/// The clients of one event loop.
final class RESPLoop: ListenerLoop {
    let dispatcher: Dispatcher
    /// How many bytes of input wait in all of them for commands to be executed.
    var waitingBytes = 0
    private var connections: [ObjectIdentifier: RESPConnection] = [:]
    private var drained: EventLoopPromise<Void>?

    init(dispatcher: Dispatcher) { self.dispatcher = dispatcher }

    var logger: Logger { dispatcher.context.logger }

    /// How many bytes of input the client of `session` may leave waiting before it isn't read from: much, unless all of
    /// them together leave too much, or nobody knows who it is.
    func waitingLimit(of session: Session) -> Int {
        session.isTrusted && waitingBytes < Self.waitingLimitOfAll ? Self.waitingLimitOfOne : Self.smallWaitingLimit
    }

    private static let waitingLimitOfAll = 256 << 20
    private static let waitingLimitOfOne = 64 << 20
    private static let smallWaitingLimit = 64 << 10

    func opened(_ connection: RESPConnection) {
        connections[ObjectIdentifier(connection)] = connection
        dispatcher.counters.clients.add()
        dispatcher.counters.connections.add()
    }

    func closed(_ connection: RESPConnection) {
        connections[ObjectIdentifier(connection)] = nil
        dispatcher.counters.clients.add(-1)
        if connections.isEmpty { drained?.succeed() }
    }

    /// Why a client isn't served, in Redis's words; nil when it is.
    func refusal(of address: SocketAddress?, _ configuration: RESPListenerConfiguration) -> String? {
        let rejections = dispatcher.server.rejections
        if dispatcher.server.allClients >= configuration.maxClients {
            rejections.noteTooMany(limit: configuration.maxClients, logger)
            return "ERR max number of clients reached"
        }
        if configuration.protectedMode, !configuration.hasPassword, let address, !address.isLocal {
            rejections.note(
                .protectedMode,
                logger,
                "from another machine (now \(address.ipAddress ?? "?")), and there is no password: set --requirepass, or "
                    + "--protected-mode no if nobody else can reach the port"
            )
            return "DENIED ocm is running in protected mode because protected mode is enabled and no password is set. "
                + "In this mode connections are only accepted from the loopback interface. If you want to connect "
                + "from external computers, start it with --requirepass PASSWORD, or, if nobody else can reach this "
                + "port, with --protected-mode no."
        }
        return nil
    }

    /// Lets every client finish what is under way; the future succeeds when all are gone.
    func drain() -> EventLoopFuture<Void> {
        let promise = dispatcher.context.eventLoop.makePromise(of: Void.self)
        drained = promise
        for connection in connections.values { connection.drain() }
        if connections.isEmpty { promise.succeed() }
        let bound = NIOLoopBound(self, eventLoop: dispatcher.context.eventLoop)
        let end = dispatcher.context.eventLoop.scheduleTask(in: Draining.patience) {
            for connection in bound.value.connections.values { connection.end() }
        }
        promise.futureResult.whenComplete { _ in end.cancel() }
        return promise.futureResult
    }

    /// Closes those that are left.
    func closeAll() {
        for connection in connections.values { connection.abort() }
    }
}

extension SocketAddress {
    /// Whether the peer is on this machine.
    fileprivate var isLocal: Bool {
        switch self {
        case .unixDomainSocket: return true
        case .v4, .v6:
            guard let ip = ipAddress else { return false }
            return ip.hasPrefix("127.") || ip == "::1" || ip.hasPrefix("::ffff:127.")
        }
    }
}
