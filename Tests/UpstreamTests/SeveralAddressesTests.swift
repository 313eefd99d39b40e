import Logging
import NIOCore
import NIOEmbedded
import RESP
import Testing

@testable import Upstream

/// A name's addresses are tried one behind the other, each in a channel of its own with the same handler in it.
@Suite("A server's name with several addresses")
struct SeveralAddressesTests {
    private let loop = EmbeddedEventLoop()
    private let owner = Owner()
    private let connection: UpstreamConnection
    private let channels: [EmbeddedChannel]

    init() throws {
        connection = UpstreamConnection(
            identity: Identity(credentials: nil, db: 0, version: .resp2),
            url: try UpstreamURL("redis://h"),
            owner: owner,
            context: LoopContext(eventLoop: loop, logger: Logger(label: "test")),
            identifies: false
        )
        channels = [EmbeddedChannel(loop: loop), EmbeddedChannel(loop: loop)]
        for channel in channels { try channel.pipeline.syncOperations.addHandler(connection) }
    }

    @Test("the one that is connected first is it, and what becomes of the others changes nothing", arguments: [0, 1])
    func winner(winner: Int) throws {
        let (channel, other) = (channels[winner], channels[1 - winner])
        try connect(channel)
        other.pipeline.fireErrorCaught(ChannelError.connectTimeout(.seconds(1)))
        _ = try other.finish(acceptAlreadyClosed: true)
        #expect(try readText(channel) == "*1\r\n$4\r\nPING\r\n")
        try channel.writeInbound(ByteBuffer(string: "+PONG\r\n"))
        #expect(connection.isReady)
        connection.send(["GET", "k"], to: ReplyReceiver())
        loop.run()
        #expect(try readText(channel) == "*2\r\n$3\r\nGET\r\n$1\r\nk\r\n")
        #expect(owner.failures == [])
        _ = try channel.finish(acceptAlreadyClosed: true)
        #expect(owner.failures.count == 1)
    }

    @Test("one that is connected later is closed")
    func late() throws {
        try connect(channels[0])
        try connect(channels[1])
        #expect(channels[0].isActive && !channels[1].isActive)
        #expect(owner.failures == [])
    }

    @Test("the attempts end when the connection is given up")
    func givenUp() throws {
        connection.closeQuietly()
        loop.run()
        for channel in channels { #expect(throws: ChannelError.self) { try connect(channel) } }
        #expect(owner.failures == [])
    }

    private func connect(_ channel: EmbeddedChannel) throws {
        try channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        loop.run()
    }

    private func readText(_ channel: EmbeddedChannel) throws -> String? {
        try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
    }
}

private final class Owner: UpstreamConnectionOwner {
    var failures: [UpstreamFailure] = []
    let serverName = "h"
    let sharesConnections = false

    func connectionReady(_ connection: UpstreamConnection) {}
    func congestionChanged(of connection: UpstreamConnection) {}
    func connectionClosed(_ connection: UpstreamConnection, _ failure: UpstreamFailure, wasReady: Bool) {
        failures.append(failure)
    }
}
