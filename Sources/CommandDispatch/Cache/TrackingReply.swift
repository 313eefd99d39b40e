import RESP
import Upstream

/// Takes the server's answer to CLIENT TRACKING.
final class TrackingReply: CollectingReceiver {
    private let cache: LoopCache
    private let connection: SharedConnection
    private let source: UInt32
    /// The server that the connection has reached, which was asked before.
    var serverID: String?

    init(_ cache: LoopCache, _ connection: SharedConnection, source: UInt32) {
        self.cache = cache
        self.connection = connection
        self.source = source
    }

    override func receive(reply: UnsafeRawBufferPointer) {
        cache.trackingAnswered(connection, source: source, serverID: serverID, refusal: reply.errorLine)
    }
}
