import NIOCore
import RESP
import Upstream

/// Takes the answer to ``FieldExpiry/question``.
///
/// No answer, and one that the server can't give right now (it is busy, or loading), says nothing: it is asked again.
final class FieldExpiryReply: CollectingReceiver {
    private let fieldExpiry: FieldExpiry

    init(_ fieldExpiry: FieldExpiry) { self.fieldExpiry = fieldExpiry }

    override func receive(reply: UnsafeRawBufferPointer) {
        guard let error = reply.errorLine else {
            let keyspace = String(decoding: reply, as: UTF8.self)
            return fieldExpiry.counted(FieldExpiry.hashes(in: keyspace), at: .now())
        }
        if error.isLastingError { fieldExpiry.counted(nil, at: .now()) }
    }
}
