/// What a PING over the invalidation feed is for.
public enum FeedPing: Equatable, Sendable {
    /// To show that the feed is alive.
    case heartbeat
    /// It is part of the round with this number.
    case round(UInt64)
    /// To have heard, when it is answered, whatever there was to say before it; the number is that of the news.
    case news(UInt64)
}
