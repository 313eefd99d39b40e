/// Commands in a row on one connection whose replies are for the same receiver.
///
/// A client that pipelines, or that is alone, makes one run of many commands: its replies then leave in one copy.
struct PendingRun {
    /// What is expected for the commands of a run.
    enum Expectation: Equatable {
        /// A reply each.
        case replies
        /// A reply each; the commands were already sent once over a connection that broke.
        case retriedReplies
        /// Nothing: they failed, and wait only for their turn, so that a client's replies stay in order.
        case failure(UpstreamFailure)
        /// Whatever comes, to the end of the connection, a reply at a time (pub/sub, MONITOR).
        case stream
        /// Whatever comes, to the end of the connection, and not framed (SYNC).
        case rawStream
    }

    let receiver: ReplyReceiver
    var commands: Int
    let expectation: Expectation
}
