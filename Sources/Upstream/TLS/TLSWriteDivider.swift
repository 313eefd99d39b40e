import NIOCore

/// Has large writes encrypted part by part.
///
/// NIOSSLHandler has one buffer for what it encrypts at once, which it keeps while the connection lives: after a value
/// of 100 MB it would be one of 100 MB.
final class TLSWriteDivider: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The most that is encrypted at once.
    static let largestPart = 256 << 10

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        var buffer = unwrapOutboundIn(data)
        while buffer.readableBytes > Self.largestPart, let part = buffer.readSlice(length: Self.largestPart) {
            context.writeAndFlush(wrapOutboundOut(part), promise: nil)
        }
        context.write(wrapOutboundOut(buffer), promise: promise)
    }
}
