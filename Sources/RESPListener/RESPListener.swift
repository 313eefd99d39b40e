import CommandDispatch
import NIOCore
import NIOPosix
import Upstream

/// Serves RESP clients over TCP and a unix socket.
public final class RESPListener: Sendable {
    private let sockets: [ListeningSocket]
    private let loops: ListenerLoops<RESPLoop>

    private init(_ sockets: [ListeningSocket], _ loops: ListenerLoops<RESPLoop>) {
        self.sockets = sockets
        self.loops = loops
    }

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - configuration: where, and for whom.
    ///   - group: the loops that accept.
    ///   - dispatchers: one for each loop of `group`.
    /// - Throws: ``CommandDispatch/ListenerError`` when an address can't be had.
    public static func start(
        _ configuration: RESPListenerConfiguration,
        group: MultiThreadedEventLoopGroup,
        dispatchers: [NIOLoopBound<Dispatcher>]
    ) async throws -> RESPListener {
        let loops = try await ListenerLoops(group, dispatchers) { RESPLoop(dispatcher: $0) }
        var places: [ListeningSocket.Place] = []
        if let port = configuration.port { places.append(.tcp(host: configuration.host, port: port)) }
        if let path = configuration.socketPath { places.append(.unix(path: path)) }
        var sockets: [ListeningSocket] = []
        do {
            for place in places {
                sockets.append(
                    try await ListeningSocket(place, group: group) { try setUp($0, configuration, loops) }
                )
            }
        } catch {
            for socket in sockets { await socket.close() }
            throw error
        }
        return RESPListener(sockets, loops)
    }

    private static func setUp(
        _ channel: any Channel,
        _ configuration: RESPListenerConfiguration,
        _ loops: ListenerLoops<RESPLoop>
    ) throws {
        if let options = channel.syncOptions {
            try options.setOption(.allowRemoteHalfClosure, value: true)
            try options.setOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
            if channel.remoteAddress?.protocol != .unix {
                try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
                try options.setOption(.socketOption(.so_keepalive), value: 1)
                for (option, seconds) in keepAlive.options {
                    try options.setOption(.tcpOption(option), value: seconds)
                }
            }
        }
        let connection = RESPConnection(loop: loops.loop(of: channel), configuration: configuration)
        try channel.pipeline.syncOperations.addHandler(connection)
    }

    /// Redis's default.
    private static let keepAlive = KeepAlive(seconds: 300)

    /// The TCP port that was bound, if any.
    public var port: Int? { sockets.lazy.compactMap(\.port).first }

    /// Takes no more clients, lets those connected finish what is under way, and closes what is left after `limit`.
    public func shutDown(within limit: TimeAmount) async {
        for socket in sockets { await socket.close() }
        await loops.drain(within: limit)
    }
}
