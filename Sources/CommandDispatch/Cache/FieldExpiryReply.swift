import RESP
import Upstream

/// Takes the server's answer to the question how many hashes have fields that expire by themselves.
final class FieldExpiryReply: CollectingReceiver {
    private let done: (Int?) -> Void

    /// `done` gets the number, or nil if the server doesn't tell.
    init(_ done: @escaping (Int?) -> Void) { self.done = done }

    override func receive(reply: UnsafeRawBufferPointer) {
        done(reply.errorLine == nil ? FieldExpiry.hashes(in: String(decoding: reply, as: UTF8.self)) : nil)
    }
}
