import RESP

/// Takes what the invalidation feed is told, a message at a time.
final class FeedReceiver: CollectingReceiver {
    private let feed: InvalidationFeed
    private let decoder = HiredisReplyDecoder()

    /// How Redis 7.0 tells a RESP2 feed of a flush if the tracked connection speaks RESP3: the null is that one's.
    /// hiredis can't read it. (`tracking.c`, `trackingInvalidateKeysOnFlush`)
    private static let flushInRESP3 = Array("*3\r\n$7\r\nmessage\r\n$20\r\n__redis__:invalidate\r\n_\r\n".utf8)

    init(_ feed: InvalidationFeed) { self.feed = feed }

    override func receive(reply message: UnsafeRawBufferPointer) {
        if message.elementsEqual(Self.flushInRESP3) { return feed.receivedFlush() }
        decoder.feed(message)
        do throws(HiredisReplyDecoder.DecodingError) {
            while let value = try decoder.next() { feed.received(value) }
        } catch {
            feed.lose("the invalidation feed can't be read: \(error.message)")
        }
    }
}
