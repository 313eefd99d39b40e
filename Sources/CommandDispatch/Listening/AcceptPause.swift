import Logging
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Lets a listening socket rest when its clients can't be accepted, for want of file descriptors or memory.
///
/// They stay where they are meanwhile, and would make it ready without end. NIO's `AcceptBackoffHandler` puts the next
/// read off, but if not one client could be accepted the last read hasn't ended for NIO, and it goes on looking.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private let place: String
    private let isClosing: @Sendable () -> Bool
    private let logger = Logger(label: "ocm")
    private var latestLine: NIODeadline?

    private static let length = TimeAmount.seconds(1)
    private static let quiet = TimeAmount.minutes(1)

    /// - Parameters:
    ///   - place: the socket's, for the log.
    ///   - isClosing: whether nobody is to be accepted any more.
    init(of place: String, isClosing: @escaping @Sendable () -> Bool) {
        self.place = place
        self.isClosing = isClosing
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? IOError, Self.mayPass(error) else { return context.fireErrorCaught(error) }
        let now = NIODeadline.now()
        if latestLine.map({ now - $0 > Self.quiet }) ?? true {
            logger.error("clients of \(place) can't be accepted: \(String(cString: strerror(error.errnoCode)))")
            latestLine = now
        }
        let channel = context.channel
        try? channel.syncOptions?.setOption(.autoRead, value: false)
        context.eventLoop.scheduleTask(in: Self.length) { [isClosing] in
            if !isClosing() { _ = channel.setOption(.autoRead, value: true) }
        }
    }

    private static func mayPass(_ error: IOError) -> Bool {
        [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode)
    }
}
