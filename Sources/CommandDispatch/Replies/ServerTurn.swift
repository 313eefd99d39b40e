import Upstream

/// Calls back when the server has answered a PING: it has had a turn, and has seen what was sent to it before.
final class ServerTurn: ReplyReceiver {
    private let done: () -> Void

    init(_ done: @escaping () -> Void) { self.done = done }

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        // An error tells nothing: the server may be busy with a script.
        if replies > 0, bytes.first == UInt8(ascii: "+") { done() }
    }
}
