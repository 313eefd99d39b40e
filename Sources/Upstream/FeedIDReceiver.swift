import RESP

/// Takes the invalidation feed's client id.
final class FeedIDReceiver: CollectingReceiver {
    private let feed: InvalidationFeed

    init(_ feed: InvalidationFeed) { self.feed = feed }

    override func receive(reply: UnsafeRawBufferPointer) {
        guard reply.first == UInt8(ascii: ":"), let end = reply.firstIndex(of: 13),
            let id = Decimal.parse(UnsafeRawBufferPointer(rebasing: reply[1..<end]))
        else {
            let line = String(decoding: reply.prefix { $0 != 13 }.prefix(128), as: UTF8.self)
            return feed.lose(
                line.hasPrefix("-NOAUTH ")
                    ? "Redis demands a password" : "Redis doesn't tell the invalidation feed's client id: \(line)"
            )
        }
        feed.received(id: id)
    }
}
