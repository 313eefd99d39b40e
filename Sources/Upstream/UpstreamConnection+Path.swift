import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension UpstreamConnection {
    /// So often the kernel sends something again before the path counts as gone: 13 s at least, since the first time is
    /// after 0.2 s or more, and each takes twice as long as the last.
    private static let retransmissions = 6
    /// Where the first time is later, as the path is long, so often is enough after as long without any sign.
    private static let fewestRetransmissions = 4
    private static let longestUnacknowledged = TimeAmount.seconds(13)
    /// A connection over which something has come since isn't looked at.
    private static let earliestDoubt = TimeAmount.seconds(10)

    /// Ends the connection if nothing that is sent over it is acknowledged: the path is gone without a word. A server
    /// that does nothing acknowledges what it has room for, and asks for no more when it has none.
    func closeIfUnacknowledged(at now: NIODeadline) {
        #if os(Linux)
        guard now - lastProgress > Self.earliestDoubt, !isQuiet, let channel = channelContext?.channel,
            channel.remoteAddress?.protocol != .unix, let socket = channel as? any SocketOptionProvider
        else { return }
        socket.getTCPInfo().assumeIsolated().whenSuccess { [self] info in
            let silence = TimeAmount.milliseconds(Int64(info.tcpi_last_ack_recv))
            let wanted = silence < Self.longestUnacknowledged ? Self.retransmissions : Self.fewestRetransmissions
            guard info.tcpi_retransmits >= wanted else { return }
            close(.lost(server: owner.serverName, reason: "nothing that is sent to it is acknowledged"))
        }
        #endif
    }
}
