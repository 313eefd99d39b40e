import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Opens sockets to the server for connections.
enum UpstreamConnector {
    /// Starts to connect `connection`; it hears of success by its channel, of failure by
    /// ``UpstreamConnection/close(_:)``, which isn't called before this has returned: a unix socket's failure is known
    /// at once, but its owner doesn't know it yet.
    static func connect(
        _ connection: UpstreamConnection,
        _ configuration: UpstreamConfiguration,
        on loop: any EventLoop
    ) {
        let bound = NIOLoopBound(connection, eventLoop: loop)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(configuration.connectTimeout)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(
                .writeBufferWaterMark,
                value: .init(low: UpstreamConnection.congestion / 4, high: UpstreamConnection.congestion)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = configuration.tls { try tls.addHandlers(to: channel, configuration.url) }
                    try channel.pipeline.syncOperations.addHandler(bound.value)
                }
            }
        let future =
            switch configuration.url.endpoint {
            case .tcp(let host, let port):
                keepAlive.options.reduce(bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1)) {
                    $0.channelOption(.tcpOption($1.option), value: $1.value)
                }.connect(host: host, port: port)
            case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        let server = configuration.url.description
        future.whenFailure { error in
            loop.execute { bound.value.close(.unreachable(server: server, reason: reason(of: error))) }
        }
    }

    /// Nobody else notices that a path is gone over which nothing is sent: a subscriber's.
    private static let keepAlive = KeepAlive(seconds: 60)

    /// Whether the other end has cut the connection.
    static func isReset(_ error: any Error) -> Bool { (error as? IOError)?.errnoCode == ECONNRESET }

    /// Why it failed, in words that say something to the reader.
    static func reason(of error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return reason(of: first.error) }
            return error.dnsAError == nil && error.dnsAAAAError == nil
                ? "no address answered" : "the name '\(error.host)' can't be resolved"
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case let error as any TLSFailure: return error.reason
        case ChannelError.connectTimeout: return "no answer in time"
        case ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed, ChannelError.eof: return "it was closed"
        default: return "\(error)"
        }
    }
}
