import LocalCache
import RESP
import Stats
import Upstream

/// Takes the replies to the commands of a fill: to CLIENT CACHING YES, which has the server track what comes next; to
/// the command that the client sent; and to the PTTLs (and HPTTL) behind it, which tell how long what was read may be
/// kept.
///
/// They are written together, so nothing that this connection sends can come between them. The client gets the reply at
/// once; it is kept when the PTTL's is in, if the lease holds still.
class FillReceiver: ReplyReceiver {
    /// Whose reply is next.
    private enum Stage {
        case caching
        case command
        case timesToLive
    }

    /// The loop's, which lives as long as the loop.
    final let cache: LoopCache
    /// What the commands are sent over; nil when the fill is over.
    private(set) final var connection: SharedConnection?
    /// How many had begun on the loop when it did, this one included.
    private(set) final var number = 0
    /// Where ``LoopCache/flights`` has it.
    private(set) final var flight: UInt64 = 0
    private final var isReleased = false
    private final var source: UInt32 = 0
    private final var sentAt: Int64 = 0
    private final var stage = Stage.command
    /// The beginning of a reply to CACHING or PTTL that came in parts.
    private final var line: [UInt8] = []

    init(_ cache: LoopCache) { self.cache = cache }

    /// Begins: the commands are about to be sent over `shared`, the first of them CACHING if `awaitsCaching`.
    final func begin(over shared: SharedConnection, number: Int, flight: UInt64, awaitsCaching: Bool) {
        connection = shared
        self.number = number
        self.flight = flight
        isReleased = false
        source = shared.trackingSource
        sentAt = cache.context.nowMilliseconds
        stage = awaitsCaching ? .caching : .command
    }

    /// It is over.
    final func end() {
        connection = nil
        line = []
    }

    /// Whether a CLIENT CACHING YES has to be sent first.
    final var awaitsCaching: Bool { stage == .caching }

    final override var isForClient: Bool { true }

    /// Whether all of the command's reply is still to come.
    final var isJoinable: Bool { stage != .timesToLive && !isReleased }

    // MARK: For subclasses

    /// The command's reply begins to come, and is about to leave: nobody may join any more.
    func release() {}

    /// A part of the command's reply, the last one if it `isWhole`.
    func receiveReply(_ bytes: UnsafeRawBufferPointer, isWhole: Bool, goesOn: Bool) {}

    /// The command won't be answered.
    func failReply(_ failure: UpstreamFailure, afterPartOfReply: Bool) {}

    /// The reply to the next PTTL is in; nil if it won't be answered.
    func receiveTimeToLive(_ reply: UnsafeRawBufferPointer?) {}

    /// Stores a reply for as long as `timeToLive` allows, and no longer than `limit` milliseconds; why not, if it can't
    /// be.
    final func keep(
        _ reply: UnsafeRawBufferPointer,
        as question: CacheQuestion,
        lease: UInt64,
        timeToLive: UnsafeRawBufferPointer,
        limit: Int64 = .max
    ) -> FillRefusal? {
        guard let connection else { return .leaseLost }
        return cache.keep(
            reply,
            as: question,
            lease: lease,
            timeToLive: timeToLive,
            limit: limit,
            sentAt: sentAt,
            over: connection,
            source: source
        )
    }

    /// What `question` asks has been kept, or was refused.
    final func settle(_ question: CacheQuestion, lease: UInt64, _ refusal: FillRefusal?) {
        if let refusal { cache.counters.refusedFills.add(refusal) } else { cache.counters.fills.add() }
        cache.cache.endLease(question.hash, lease)
    }

    // MARK: Replies

    final override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        guard stage != .command else {
            if replies > 0 { stage = .timesToLive }
            if !isReleased {
                isReleased = true
                release()
                cache.forget(self)
            }
            return receiveReply(bytes, isWhole: replies > 0, goesOn: goesOn)
        }
        guard replies > 0 else { return line.append(contentsOf: bytes) }
        guard !line.isEmpty else { return receiveLine(bytes) }
        var whole: [UInt8] = []
        swap(&whole, &line)
        whole.append(contentsOf: bytes)
        whole.withUnsafeBytes { receiveLine($0) }
    }

    private final func receiveLine(_ line: UnsafeRawBufferPointer) {
        guard stage == .caching else { return receiveTimeToLive(line) }
        stage = .command
        guard let refusal = line.errorLine, let connection else { return }
        cache.cachingRefused(connection, refusal)
    }

    final override func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) {
        line = []
        for _ in 0..<commands {
            switch stage {
            case .caching: stage = .command
            case .command:
                stage = .timesToLive
                cache.forget(self)
                failReply(failure, afterPartOfReply: afterPartOfReply)
            case .timesToLive: receiveTimeToLive(nil)
            }
        }
    }
}
