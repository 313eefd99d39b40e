/// Who acts on what the invalidation feed says.
public protocol InvalidationFeedDelegate: AnyObject {
    /// The feed listens. Connections to the same server, of which `server` is what it tells, may redirect their
    /// invalidations to the client `id`.
    func feedIsUp(id: Int, server: ServerInfo?)
    /// Nothing more is heard; `reason` is a sentence. The feed tries again by itself.
    func feedIsDown(_ reason: String)
    /// The key has changed. Valid during the call only.
    func feedInvalidated(_ key: UnsafeRawBufferPointer)
    /// Everything has changed: somebody flushed a database.
    func feedInvalidatedEverything()
    /// The PING is answered: everything that the server had to say before it has been heard.
    func feedAnswered(_ ping: FeedPing)
}
