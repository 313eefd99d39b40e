import Upstream

/// Takes the answer to a connection's PING of a round. A connection that breaks counts as answered: what came over it
/// has been dropped by then.
final class RoundReply: ReplyReceiver {
    let connection: SharedConnection
    /// The number under which the connection was tracked when the PING was sent.
    let source: UInt32
    private var done: (() -> Void)?

    init(_ connection: SharedConnection, _ done: @escaping () -> Void) {
        self.connection = connection
        source = connection.trackingSource
        self.done = done
    }

    /// Whether nothing is waited for any more.
    var isDone: Bool { done == nil }

    /// Nothing is waited for any more.
    func finish() {
        let done = done
        self.done = nil
        done?()
    }

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        if replies > 0 { finish() }
    }

    override func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) { finish() }
}
