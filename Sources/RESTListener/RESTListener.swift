import CommandDispatch
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Serves HTTP clients: the REST API, the dashboard and the metrics.
public final class RESTListener: Sendable {
    private let channel: any Channel
    private let loops: ListenerLoops<RESTLoop>

    private init(_ channel: any Channel, _ loops: ListenerLoops<RESTLoop>) {
        self.channel = channel
        self.loops = loops
    }

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - configuration: where, and for whom.
    ///   - group: the loops that accept.
    ///   - dispatchers: one for each loop of `group`.
    /// - Throws: ``CommandDispatch/ListenerError`` when the address can't be had.
    public static func start(
        _ configuration: RESTListenerConfiguration,
        group: MultiThreadedEventLoopGroup,
        dispatchers: [NIOLoopBound<Dispatcher>]
    ) async throws -> RESTListener {
        let loops = try await ListenerLoops(group, dispatchers) { RESTLoop($0, configuration) }
        do {
            let channel = try await makeBootstrap(group, loops)
                .bind(host: configuration.host, port: configuration.port).get()
            return RESTListener(channel, loops)
        } catch {
            throw ListenerError(place: "\(configuration.host):\(configuration.port)", error)
        }
    }

    private static func makeBootstrap(
        _ group: MultiThreadedEventLoopGroup,
        _ loops: ListenerLoops<RESTLoop>
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 511)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = RESTConnection(loops.loop(of: channel))
                    let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
                    try channel.pipeline.syncOperations.addHandlers([
                        TrafficMeter(connection), ByteToMessageHandler(decoder), connection,
                    ])
                }
            }
    }

    /// What the head of a request may have. A key may be long, and is longer when it is percent-encoded.
    private static var limits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 64 << 10
        limits.maxHeaderListSize = 128 << 10
        limits.maxHeaderFieldCount = 100
        return limits
    }

    /// The port that was bound.
    public var port: Int? { channel.localAddress?.port }

    /// Takes no more clients, lets those connected have their answers, and closes what is left after `limit`.
    public func shutDown(within limit: TimeAmount) async {
        try? await channel.close()
        await loops.drain(within: limit)
    }
}
