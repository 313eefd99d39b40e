import CommandDispatch
import NIOCore

/// A request on its way to its response: what it asks of Redis, and what it makes of the replies.
///
/// An exchange knows nothing of sockets. It is given each reply to its commands, in order, and says when it has what it
/// needs: a state machine, of which the connection is the shell.
class Exchange {
    /// How long it may take before it is answered without the replies that are still out; nil for any time.
    var timeLimit: TimeAmount? { nil }

    /// Puts its first commands into `commands`, or answers at once.
    func begin(_ commands: inout CommandQueue) -> Response? { nil }

    /// The command that was put first of those not yet sent has been taken by the dispatcher.
    ///
    /// - Parameter outcome: what the local cache made of it.
    func commandTaken(_ outcome: CacheOutcome, _ commands: inout CommandQueue) {}

    /// Takes the next reply, and puts in further commands or answers. After the answer, it is given no more.
    func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        preconditionFailure("an exchange that asks something takes the replies")
    }

    /// Its time is over.
    func timedOut() -> Response { preconditionFailure("an exchange with a time limit has an answer for then") }

    /// What went wrong if `reply` is an error.
    static func error(_ reply: UnsafeRawBufferPointer) -> HTTPError? {
        var cursor = ReplyCursor(reply)
        guard case .error(let text) = cursor.next() else { return nil }
        return HTTPError(reply: String(decoding: text, as: UTF8.self))
    }
}
