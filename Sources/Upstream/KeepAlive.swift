import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// How the kernel finds out that a connection's other end is gone without a word.
public struct KeepAlive: Sendable {
    /// The options of a TCP socket that has SO_KEEPALIVE (tcp(7)), with their values.
    public let options: [(option: NIOBSDSocket.Option, value: Int)]

    /// As Redis's `tcp-keepalive` has it: a probe after `seconds` in which nothing came, then three more at a third of
    /// it.
    public init(seconds: Int) {
        #if os(Linux)
        let keepAlive = [(TCP_KEEPIDLE, seconds), (TCP_KEEPINTVL, max(1, seconds / 3)), (TCP_KEEPCNT, 3)]
        options = keepAlive.map { (NIOBSDSocket.Option(rawValue: CInt($0.0)), $0.1) }
        #else
        options = []
        #endif
    }
}
