import CommandDispatch
import Logging
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Serves RESP clients over TCP and a unix socket.
public final class RESPListener: Sendable {
    private let channels: [any Channel]
    private let loops: [NIOLoopBound<ListenerLoop>]
    private let eventLoops: [any EventLoop]
    private let socketPath: String?

    private init(
        channels: [any Channel],
        loops: [NIOLoopBound<ListenerLoop>],
        eventLoops: [any EventLoop],
        socketPath: String?
    ) {
        self.channels = channels
        self.loops = loops
        self.eventLoops = eventLoops
        self.socketPath = socketPath
    }

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - configuration: where, and for whom.
    ///   - group: the loops that accept.
    ///   - dispatchers: one for each loop of `group`.
    /// - Throws: ``ListenerError`` when an address can't be had.
    public static func start(
        _ configuration: RESPListenerConfiguration,
        group: MultiThreadedEventLoopGroup,
        dispatchers: [NIOLoopBound<Dispatcher>]
    ) async throws -> RESPListener {
        let eventLoops = Array(group.makeIterator())
        var loops: [NIOLoopBound<ListenerLoop>] = []
        for (eventLoop, dispatcher) in zip(eventLoops, dispatchers) {
            loops.append(
                try await eventLoop.submit {
                    NIOLoopBound(ListenerLoop(dispatcher: dispatcher.value), eventLoop: eventLoop)
                }.get()
            )
        }
        let bootstrap = makeBootstrap(configuration, group, eventLoops, loops)
        var channels: [any Channel] = []
        if let port = configuration.port {
            do {
                let tcp =
                    try await bootstrap
                    .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .bind(host: configuration.host, port: port).get()
                channels.append(tcp)
            } catch {
                throw ListenerError(place: "\(configuration.host):\(port)", error)
            }
        }
        if let path = configuration.socketPath {
            do {
                channels.append(
                    try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: isStale(path)).get()
                )
            } catch {
                for channel in channels { try? await channel.close() }
                throw ListenerError(place: path, error)
            }
        }
        return RESPListener(
            channels: channels,
            loops: loops,
            eventLoops: eventLoops,
            socketPath: configuration.socketPath
        )
    }

    private static func makeBootstrap(
        _ configuration: RESPListenerConfiguration,
        _ group: MultiThreadedEventLoopGroup,
        _ eventLoops: [any EventLoop],
        _ loops: [NIOLoopBound<ListenerLoop>]
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 511)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let index = eventLoops.firstIndex(where: { $0 === channel.eventLoop }) else {
                        preconditionFailure("a client's channel runs on one of the listener's loops")
                    }
                    let connection = RESPConnection(loop: loops[index].value, configuration: configuration)
                    try channel.pipeline.syncOperations.addHandler(connection)
                    guard channel.remoteAddress?.protocol != .unix, let options = channel.syncOptions else { return }
                    try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
                    try options.setOption(.socketOption(.so_keepalive), value: 1)
                    for (option, seconds) in keepAlive { try options.setOption(.tcpOption(option), value: seconds) }
                }
            }
    }

    #if os(Linux)
    /// Redis's `tcp-keepalive 300`: a probe after that time, then three more at a third of it.
    private static let keepAlive: [(NIOBSDSocket.Option, Int)] = [
        (NIOBSDSocket.Option(rawValue: CInt(TCP_KEEPIDLE)), 300),
        (NIOBSDSocket.Option(rawValue: CInt(TCP_KEEPINTVL)), 100),
        (NIOBSDSocket.Option(rawValue: CInt(TCP_KEEPCNT)), 3),
    ]
    #else
    private static let keepAlive: [(NIOBSDSocket.Option, Int)] = []
    #endif

    /// Whether a socket file is there that nobody listens on any more.
    private static func isStale(_ path: String) -> Bool {
        guard let address = try? SocketAddress(unixDomainSocketPath: path) else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { _ = Glibc.close(descriptor) }
        let result = address.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
        return result != 0 && errno == ECONNREFUSED
    }

    /// The TCP port that was bound, if any.
    public var port: Int? { channels.first { $0.localAddress?.port != nil }?.localAddress?.port }

    /// Takes no more clients, lets those connected finish what is under way, and closes what is left after `limit`.
    public func shutDown(within limit: TimeAmount) async {
        for channel in channels { try? await channel.close() }
        if let socketPath { unlink(socketPath) }
        let done = zip(eventLoops, loops).map { eventLoop, loop in
            eventLoop.flatSubmit { loop.value.drain(on: eventLoop) }
        }
        guard let first = eventLoops.first else { return }
        let finished = EventLoopFuture.andAllComplete(done, on: first)
        let timer = first.scheduleTask(in: limit) {
            for (eventLoop, loop) in zip(self.eventLoops, self.loops) { eventLoop.execute { loop.value.closeAll() } }
        }
        try? await finished.get()
        timer.cancel()
    }
}
