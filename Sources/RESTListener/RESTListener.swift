import CommandDispatch
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Serves HTTP clients: the REST API, the dashboard and the metrics.
public final class RESTListener: Sendable {
    private let socket: ListeningSocket
    private let loops: ListenerLoops<RESTLoop>

    private init(_ socket: ListeningSocket, _ loops: ListenerLoops<RESTLoop>) {
        self.socket = socket
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
        let place = ListeningSocket.Place.tcp(host: configuration.host, port: configuration.port)
        return RESTListener(try await ListeningSocket(place, group: group) { try setUp($0, loops) }, loops)
    }

    private static func setUp(_ channel: any Channel, _ loops: ListenerLoops<RESTLoop>) throws {
        if let options = channel.syncOptions {
            try options.setOption(.allowRemoteHalfClosure, value: true)
            try options.setOption(.tcpOption(.tcp_nodelay), value: 1)
            try options.setOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
        }
        let connection = RESTConnection(loops.loop(of: channel))
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)
        try channel.pipeline.syncOperations.addHandlers([
            TrafficMeter(connection), ByteToMessageHandler(decoder), connection,
        ])
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
    public var port: Int? { socket.port }

    /// Takes no more clients, lets those connected have their answers, and closes what is left after `limit`.
    public func shutDown(within limit: TimeAmount) async {
        await socket.close()
        await loops.drain(within: limit)
    }
}
