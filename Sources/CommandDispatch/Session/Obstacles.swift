/// Why a session's next command can't take the shortest way. While there is none, dispatching an ordinary command is
/// one look-up and one copy.
struct Obstacles: OptionSet {
    let rawValue: UInt8

    /// The client has yet to authenticate.
    static let unauthenticated = Obstacles(rawValue: 1 << 0)
    /// The session has an upstream connection to itself.
    static let pinned = Obstacles(rawValue: 1 << 1)
    /// Bytes pass through; nothing is answered here.
    static let tunnel = Obstacles(rawValue: 1 << 2)
    /// What the next command means depends on a reply that isn't in yet.
    static let awaitingReply = Obstacles(rawValue: 1 << 3)
    /// The session ends once its replies are out: it takes no more commands.
    static let closing = Obstacles(rawValue: 1 << 4)
    /// The client doesn't take what it is sent.
    static let unwritable = Obstacles(rawValue: 1 << 5)
    /// A reply is held until the news of what it may tell is in: before that is, nothing is answered from the cache.
    static let holding = Obstacles(rawValue: 1 << 6)
}
