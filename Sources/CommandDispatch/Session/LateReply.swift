import NIOCore

/// One of a session's ``LateReplies``.
struct LateReply {
    /// How many of the session's commands were sent before it.
    let behind: Int
    var bytes: ByteBuffer
    /// It comes with the reply of another session's command, and hasn't come yet.
    var isAwaited = false
}
