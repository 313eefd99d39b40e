/// Gathers one whole reply, for those who have to read it before they pass it on.
open class CollectingReceiver: ReplyReceiver {
    private var collected: [UInt8] = []

    /// The whole reply. Valid during the call only.
    open func receive(reply: UnsafeRawBufferPointer) {}

    /// Gathers; a reply that arrives in one piece is not copied.
    public final override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        guard replies > 0 else {
            collected.append(contentsOf: bytes)
            return
        }
        guard !collected.isEmpty else { return receive(reply: bytes) }
        collected.append(contentsOf: bytes)
        let whole = collected
        collected = []
        whole.withUnsafeBytes { receive(reply: $0) }
    }

    /// No reply is coming. What was gathered has not been handed out, so nothing is torn.
    open func fail(_ failure: UpstreamFailure) {}

    /// Forgets what was gathered.
    public final override func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) {
        collected = []
        for _ in 0..<commands { fail(failure) }
    }
}
