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
    private let loops: ListenerLoops<RESPLoop>
    private let socketPath: String?

    private init(_ channels: [any Channel], _ loops: ListenerLoops<RESPLoop>, socketPath: String?) {
        self.channels = channels
        self.loops = loops
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
        let loops = try await ListenerLoops(group, dispatchers) { RESPLoop(dispatcher: $0) }
        let bootstrap = makeBootstrap(configuration, group, loops)
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
        return RESPListener(channels, loops, socketPath: configuration.socketPath)
    }

    private static func makeBootstrap(
        _ configuration: RESPListenerConfiguration,
        _ group: MultiThreadedEventLoopGroup,
        _ loops: ListenerLoops<RESPLoop>
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 511)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = RESPConnection(loop: loops.loop(of: channel), configuration: configuration)
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
        await loops.drain(within: limit)
    }
}
