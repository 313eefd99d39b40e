import RESP

/// A command that a broken connection left without a reply.
struct Unanswered {
    let receiver: ReplyReceiver
    /// The command; nil for one that had failed before and for a stream.
    var command: Command?
    /// Whether the server may have seen it.
    var mayHaveBeenSent = true
    /// Whether it has been sent a second time already.
    var wasRetried = false
    /// Whether a part of its reply has been handed on.
    var isTorn = false
    /// What it had failed of before.
    var failure: UpstreamFailure?

    init(
        receiver: ReplyReceiver,
        command: Command? = nil,
        mayHaveBeenSent: Bool = true,
        wasRetried: Bool = false,
        isTorn: Bool = false,
        failure: UpstreamFailure? = nil
    ) {
        self.receiver = receiver
        self.command = command
        self.mayHaveBeenSent = mayHaveBeenSent
        self.wasRetried = wasRetried
        self.isTorn = isTorn
        self.failure = failure
    }
}
