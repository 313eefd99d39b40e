import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

/// A miss on its way: CLIENT CACHING YES, which has the server track what comes next; the command; and behind it PTTL,
/// which tells how long the reply may be kept.
///
/// The three are written together, so nothing that this connection sends can come between them. The client gets the reply
/// at once; it is stored when PTTL's is in, if the lease holds still. Others who ask the same in the meantime join, and get
/// the same reply.
final class Fill: ReplyReceiver {
    private enum Stage {
        case caching
        case reply
        case timeToLive
    }

    let question: CacheQuestion
    let lease: UInt64
    let connection: SharedConnection
    /// Where ``LoopCache/flights`` has it.
    let flight: UInt64

    private let cache: LoopCache
    private let session: Session
    private let source: UInt32
    private let sentAt: Int64
    private var stage: Stage
    private var isReleased = false
    private var holdsLease = false
    private var reply: [UInt8] = []
    private var isTooLarge = false
    private var timeToLive: [UInt8] = []
    private var cachingReply: [UInt8] = []
    private var joined: [(session: Session, ticket: Int)] = []

    init(
        _ question: CacheQuestion,
        lease: UInt64,
        flight: UInt64,
        _ cache: LoopCache,
        _ session: Session,
        _ shared: SharedConnection
    ) {
        self.question = question
        self.lease = lease
        self.flight = flight
        self.cache = cache
        self.session = session
        connection = shared
        source = shared.trackingSource
        stage = shared.isTracked ? .caching : .reply
        sentAt = cache.context.nowMilliseconds
    }

    /// Lets `session` have the reply, too.
    func join(_ session: Session) { joined.append((session, session.awaitReply(ofKey: question.hash))) }

    /// Whether the reply is still to come, and will be kept in one piece.
    var isJoinable: Bool { stage != .timeToLive && !isReleased }

    // MARK: Replies

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        switch stage {
        case .caching:
            cachingReply.append(contentsOf: bytes)
            if replies == 1 { finishCaching() }
        case .reply: receiveReply(bytes, isWhole: replies == 1, goesOn: goesOn)
        case .timeToLive:
            timeToLive.append(contentsOf: bytes)
            if replies == 1 { finish() }
        }
    }

    private func finishCaching() {
        stage = .reply
        guard cachingReply.first == UInt8(ascii: "-") else { return }
        cache.cachingRefused(connection, String(decoding: cachingReply.dropFirst().dropLast(2), as: UTF8.self))
    }

    private func receiveReply(_ bytes: UnsafeRawBufferPointer, isWhole: Bool, goesOn: Bool) {
        if !isReleased {
            isReleased = true
            holdsLease = cache.cache.releaseRead(question.hash, lease: lease)
            cache.forget(self)
        }
        if reply.count + bytes.count > cache.largestEntry, joined.isEmpty {
            isTooLarge = true
            reply = []
        }
        if !isTooLarge { reply.append(contentsOf: bytes) }
        guard isWhole else { return session.receive(bytes, replies: 0, goesOn: goesOn) }
        stage = .timeToLive
        session.receive(bytes, replies: 1, goesOn: goesOn)
        for (session, ticket) in joined { session.fulfil(ticket) { $0.writeBytes(reply) } }
        joined = []
    }

    /// PTTL's reply is in.
    private func finish() {
        if let refusal = keep() { cache.counters.refusedFills.add(refusal) } else { cache.counters.fills.add() }
        cache.cache.endLease(question.hash, lease)
    }

    /// Stores the reply; why not, if it can't be.
    private func keep() -> FillRefusal? {
        guard holdsLease else { return .leaseLost }
        guard !isTooLarge else { return .tooLarge }
        guard reply.first != UInt8(ascii: "-") else { return .errorReply }
        return reply.withUnsafeBytes { bytes in
            cache.keep(
                bytes,
                as: question,
                lease: lease,
                timeToLive: timeToLive,
                sentAt: sentAt,
                over: connection,
                source: source
            )
        }
    }

    // MARK: Failure

    override func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) {
        for _ in 0..<commands {
            switch stage {
            case .caching: stage = .reply
            case .reply:
                stage = .timeToLive
                cache.forget(self)
                session.fail(failure, commands: 1, afterPartOfReply: afterPartOfReply)
                cache.loopCounters.failedCommands.add(joined.count)
                for (session, ticket) in joined { session.fulfil(ticket) { $0.writeError(failure.message) } }
                joined = []
            case .timeToLive:
                cache.cache.endLease(question.hash, lease)
                cache.counters.refusedFills.add(.noDeadline)
            }
        }
    }
}
