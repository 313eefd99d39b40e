import NIOCore

/// Stands before the HTTP decoder and sees what it doesn't tell: bytes that make no part of a request yet.
final class TrafficMeter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: RESTConnection

    init(_ connection: RESTConnection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.bytesReceived(unwrapInboundIn(data).readableBytes)
        context.fireChannelRead(data)
    }
}
