import CommandDispatch
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Serves HTTP clients: the REST API, the dashboard and the metrics.
public final class RESTListener: Sendable {
    private let channel: any Channel
    private let loops: [NIOLoopBound<RESTLoop>]
    private let eventLoops: [any EventLoop]

    private init(_ channel: any Channel, _ loops: [NIOLoopBound<RESTLoop>], _ eventLoops: [any EventLoop]) {
        self.channel = channel
        self.loops = loops
        self.eventLoops = eventLoops
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
        let eventLoops = Array(group.makeIterator())
        var loops: [NIOLoopBound<RESTLoop>] = []
        for (eventLoop, dispatcher) in zip(eventLoops, dispatchers) {
            loops.append(
                try await eventLoop.submit {
                    NIOLoopBound(RESTLoop(dispatcher.value, configuration), eventLoop: eventLoop)
                }.get()
            )
        }
        do {
            let channel = try await makeBootstrap(group, eventLoops, loops)
                .bind(host: configuration.host, port: configuration.port).get()
            return RESTListener(channel, loops, eventLoops)
        } catch {
            throw ListenerError(place: "\(configuration.host):\(configuration.port)", error)
        }
    }

    private static func makeBootstrap(
        _ group: MultiThreadedEventLoopGroup,
        _ eventLoops: [any EventLoop],
        _ loops: [NIOLoopBound<RESTLoop>]
    ) -> ServerBootstrap {
        ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 511)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 256 << 10, high: 1 << 20))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let index = eventLoops.firstIndex(where: { $0 === channel.eventLoop }) else {
                        preconditionFailure("a client's channel runs on one of the listener's loops")
                    }
                    let connection = RESTConnection(loops[index].value)
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
        let done = zip(eventLoops, loops).map { eventLoop, loop in eventLoop.flatSubmit { loop.value.drain() } }
        guard let first = eventLoops.first else { return }
        let finished = EventLoopFuture.andAllComplete(done, on: first)
        let timer = first.scheduleTask(in: limit) {
            for (eventLoop, loop) in zip(self.eventLoops, self.loops) { eventLoop.execute { loop.value.closeAll() } }
        }
        try? await finished.get()
        timer.cancel()
    }
}
