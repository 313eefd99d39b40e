import NIOCore

/// One of a session's ``LateReplies``.
struct LateReply {
    /// How many of the session's commands were sent before it.
    let behind: Int
    var bytes: ByteBuffer
    /// The hash of the key that it is about, if it comes with the reply of another session's command.
    var key: UInt64 = 0
    /// Whether it is still to come.
    var isAwaited = false
}
