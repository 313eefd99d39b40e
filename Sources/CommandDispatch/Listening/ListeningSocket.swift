import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A socket that clients come to, each of whom gets a channel on one of the loops.
///
/// Clients who have come and aren't accepted yet have sent their first request, as likely as not: the system has taken
/// it for us. A socket that is just closed resets them, and they can't know whether it was carried out. So ``close()``
/// accepts those who are there.
public struct ListeningSocket: Sendable {
    /// Where clients come.
    public enum Place: Sendable, CustomStringConvertible {
        case tcp(host: String, port: Int)
        case unix(path: String)

        /// As in `127.0.0.1:6380`, `[::1]:6380`, or a path.
        public var description: String {
            switch self {
            case .tcp(let host, let port): "\(host.contains(":") ? "[\(host)]" : host):\(port)"
            case .unix(let path): path
            }
        }
    }

    private let place: Place
    private let group: MultiThreadedEventLoopGroup
    private let setUp: @Sendable (any Channel) throws -> Void
    private let channel: any Channel
    private let isClosing = NIOLockedValueBox(false)

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - place: where. The file of a unix socket is replaced if nobody listens on it any more.
    ///   - group: the loops that clients are distributed to.
    ///   - setUp: sets the options of a client's channel and adds its handlers, on its loop.
    /// - Throws: a ``ListenerError`` when the place can't be had.
    public init(
        _ place: Place,
        group: MultiThreadedEventLoopGroup,
        _ setUp: @escaping @Sendable (any Channel) throws -> Void
    ) async throws {
        self.place = place
        self.group = group
        self.setUp = setUp
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelInitializer { [isClosing] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pause = AcceptPause(of: place.description) { isClosing.withLockedValue { $0 } }
                    try channel.pipeline.syncOperations.addHandler(pause)
                }
            }
            .serverChannelOption(.backlog, value: Self.backlog)
            .serverChannelOption(.maxMessagesPerRead, value: Self.acceptedPerTurn)
            .childChannelInitializer { channel in channel.eventLoop.makeCompletedFuture { try setUp(channel) } }
        do {
            switch place {
            case .tcp(let host, let port):
                channel = try await bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                    .bind(host: host, port: port).get()
            case .unix(let path):
                channel =
                    try await bootstrap
                    .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: Self.isAbandoned(path)).get()
            }
        } catch {
            throw ListenerError(place: place.description, error)
        }
    }

    /// Redis's `tcp-backlog`: so many may have come before they are accepted.
    private static let backlog: Int32 = 511
    /// So many are accepted before the loop turns to others: with few, those who all come back at once overflow the
    /// backlog, and wait for their system to try again.
    private static let acceptedPerTurn: UInt = 64

    /// Whether a socket's file is there that nobody listens on any more.
    private static func isAbandoned(_ path: String) -> Bool {
        guard let address = try? SocketAddress(unixDomainSocketPath: path) else { return false }
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { _ = Glibc.close(descriptor) }
        let result = address.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
        return result != 0 && errno == ECONNREFUSED
    }

    /// The TCP port that was bound, if it is one.
    public var port: Int? { channel.localAddress?.port }

    /// Lets nobody come any more. Those who came before have their channels when it returns.
    public func close() async {
        isClosing.withLockedValue { $0 = true }
        try? await channel.setOption(.autoRead, value: false).get()
        // Clients whom the channel has accepted go from its loop to their own, back and there again, and would be
        // dropped if it were closed meanwhile.
        for _ in 0..<3 {
            for eventLoop in group.makeIterator() { try? await eventLoop.submit {}.get() }
        }
        let accepted = try? await channel.eventLoop.submit { try takeOver() }.get()
        if case .unix(let path) = place { unlink(path) }
        for client in accepted ?? [] { _ = try? await client.get() }
    }

    /// Accepts who is there in the channel's place, and stops listening right behind the last one.
    private func takeOver() throws -> [EventLoopFuture<any Channel>] {
        // The socket lives on in a copy of its descriptor when the channel closes its own.
        let socket = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { dup($0) }
        channel.close(promise: nil)
        guard let socket, socket >= 0 else { return [] }
        var clients: [CInt] = []
        while case let client = accept(socket, nil, nil), client >= 0 { clients.append(client) }
        _ = Glibc.close(socket)
        let bootstrap = ClientBootstrap(group: group)
            .channelInitializer { [setUp] channel in channel.eventLoop.makeCompletedFuture { try setUp(channel) } }
        return clients.map { bootstrap.withConnectedSocket($0) }
    }
}
