import RESP
import Upstream

/// Takes the server's answer to a command that was given to find out whether it may be.
final class RightReply: CollectingReceiver {
    private let done: (String?) -> Void

    /// `done` gets the error, without the `-`; nil if there is none. It isn't called if there is no answer.
    init(_ done: @escaping (String?) -> Void) { self.done = done }

    override func receive(reply: UnsafeRawBufferPointer) { done(reply.errorLine) }
}
