import RESP
import Upstream

/// Takes the server's answer to CLIENT TRACKING.
final class TrackingReply: CollectingReceiver {
    private let cache: LoopCache
    private let connection: SharedConnection
    private let source: UInt32

    init(_ cache: LoopCache, _ connection: SharedConnection, source: UInt32) {
        self.cache = cache
        self.connection = connection
        self.source = source
    }

    override func receive(reply: UnsafeRawBufferPointer) {
        cache.trackingAnswered(connection, source: source, refusal: reply.errorLine)
    }
}
