import NIOCore
import RESP

/// Takes the answer to the question which server a connection has reached.
public final class ServerInfoReceiver: CollectingReceiver {
    /// What to ask.
    public static let question = ["INFO", "server"]

    private let done: (ServerInfo?) -> Void

    /// `done` gets what the server tells, or nil if it doesn't.
    public init(_ done: @escaping (ServerInfo?) -> Void) { self.done = done }

    /// Reads it.
    public override func receive(reply: UnsafeRawBufferPointer) {
        done(reply.errorLine == nil ? ServerInfo(String(decoding: reply, as: UTF8.self)) : nil)
    }

    /// There is no answer.
    public override func fail(_ failure: UpstreamFailure) { done(nil) }
}
