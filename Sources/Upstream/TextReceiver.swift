import RESP

/// Takes a reply that is text to be read by us, such as INFO's.
public final class TextReceiver: CollectingReceiver {
    private let done: (String?) -> Void

    /// `done` gets the reply as it came, its length before it; nil if it is an error, or there is none.
    public init(_ done: @escaping (String?) -> Void) { self.done = done }

    /// Hands it on.
    public override func receive(reply: UnsafeRawBufferPointer) {
        done(reply.errorLine == nil ? String(decoding: reply, as: UTF8.self) : nil)
    }

    /// There is no reply.
    public override func fail(_ failure: UpstreamFailure) { done(nil) }
}
