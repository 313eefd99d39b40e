import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The socket under a client's channel, for what the channel would do with more ado.
///
/// A reply that goes through a channel's pipeline is wrapped, queued, marked and unwrapped again, which costs more than
/// all of ours that a hit takes. Nearly always the socket has room, and then nothing of that is needed. What it has no
/// room for is the channel's to write.
///
/// When the channel is closed it must be given up at once, which `channelInactive` is in time for: the next client may
/// have its number.
struct ClientSocket {
    private let descriptor: NIOBSDSocket.Handle

    /// The socket of a channel, which is asked on its loop; nil if it has none.
    init?(of channel: any Channel) {
        let transport = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { $0 }
        guard let descriptor = transport ?? nil else { return nil }
        self.descriptor = descriptor
    }

    /// Sends as much as there is room for; returns how many bytes that is. An error is no room: who goes on will meet
    /// it.
    @inline(__always)
    func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        max(0, Glibc.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)))
        #elseif canImport(Musl)
        max(0, Musl.send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT)))
        #else
        max(0, Darwin.send(descriptor, bytes.baseAddress, bytes.count, MSG_DONTWAIT))
        #endif
    }

    /// Whether the client has sent what nobody has read yet.
    var hasInput: Bool {
        var count: CInt = 0
        return ioctl(descriptor, UInt(FIONREAD), &count) == 0 && count > 0
    }
}
