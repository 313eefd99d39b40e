import NIOCore

/// One of a session's ``LateReplies``.
struct LateReply {
    /// How many of the session's commands were sent before it.
    let behind: Int
    var bytes: ByteBuffer
    /// The command that is answered by it, as long as some of it is still to come with the reply of another session's
    /// command.
    var awaited: CommandMark?
}
