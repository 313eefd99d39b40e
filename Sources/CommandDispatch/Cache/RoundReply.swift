import Upstream

/// Takes the answers to a loop's PINGs of one round. A connection that breaks counts as answered: what came over it has
/// been dropped by then.
final class RoundReply: ReplyReceiver {
    private var awaited: Int
    private let done: () -> Void

    init(awaiting count: Int, _ done: @escaping () -> Void) {
        awaited = count
        self.done = done
    }

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) { answered(replies) }

    override func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) { answered(commands) }

    private func answered(_ count: Int) {
        guard count > 0 else { return }
        awaited -= count
        if awaited == 0 { done() }
    }
}
