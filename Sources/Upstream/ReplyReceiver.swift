/// Who a reply is for.
///
/// A class to override rather than a protocol: the call is one jump, and there is no existential on the path of a
/// command. Receivers belong to one event loop and are called on it only.
open class ReplyReceiver {
    /// A receiver.
    public init() {}

    /// Its next command begins a new run of commands: the replies of the last one are handed on by themselves, so that
    /// something may come between them.
    public final var beginsNewRun = false

    /// Whether a client waits for the replies, rather than we ourselves.
    open var isForClient: Bool { false }

    /// Its next replies are about to be handed on.
    open func prepare() {}

    /// The next bytes from the server: the ends of `replies` replies, in the order in which their commands were sent,
    /// and, if it `goesOn`, a part of one more that doesn't end here. Valid during the call only.
    open func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {}

    /// The next `commands` commands get no reply. When `afterPartOfReply`, some of the first one's reply has already
    /// been handed out, so the stream can't be mended.
    open func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) {}

    /// The connection that was congested takes commands again.
    open func upstreamDrained() {}
}
