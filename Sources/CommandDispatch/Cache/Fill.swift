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
/// the same reply as it comes. For whom something has to be answered before it that comes later, it is held; unless it was too
/// large to be kept before, then he asks for himself.
///
/// A fill that is over is used again for another miss, with the room that it has: otherwise half the time that a miss takes
/// would be spent on getting memory and giving it back.
final class Fill: ReplyReceiver {
    private enum Stage {
        case caching
        case reply
        case timeToLive
    }

    private(set) var question = CacheQuestion()
    /// How many had begun on the loop when it did, this one included.
    private(set) var number = 0
    private(set) var lease: UInt64 = 0
    /// Nil when it is over.
    private(set) var connection: SharedConnection?
    /// Where ``LoopCache/flights`` has it.
    private(set) var flight: UInt64 = 0

    /// The loop's, which lives as long as the loop.
    private let cache: LoopCache
    private var session: Session?
    private var source: UInt32 = 0
    private var sentAt: Int64 = 0
    private var stage = Stage.caching
    private var isReleased = false
    private var holdsLease = false
    private var reply: [UInt8] = []
    private var isTooLarge = false
    /// The beginning of a reply to CACHING or PTTL that came in parts.
    private var line: [UInt8] = []
    private var joined: [(session: Session, ticket: Int)] = []

    /// What is kept of a reply's room, in bytes.
    private static let mostRoom = 16 << 10

    init(_ cache: LoopCache) { self.cache = cache }

    /// Begins: the commands are about to be sent over `shared`.
    func begin(
        _ id: CacheID,
        number: Int,
        lease: UInt64,
        flight: UInt64,
        _ session: Session,
        _ shared: SharedConnection
    ) {
        question.set(id)
        self.number = number
        self.lease = lease
        self.flight = flight
        self.session = session
        connection = shared
        source = shared.trackingSource
        stage = shared.isTracked ? .caching : .reply
        sentAt = cache.context.nowMilliseconds
    }

    /// It is over.
    private func end() {
        session = nil
        connection = nil
        isReleased = false
        holdsLease = false
        isTooLarge = false
        line = []
        question.forget()
        if reply.capacity <= Self.mostRoom { reply.removeAll(keepingCapacity: true) } else { reply = [] }
        cache.recycle(self)
    }

    /// Lets `session` have the reply, too.
    func join(_ session: Session, _ spec: UnsafePointer<CommandSpec>) {
        let time = cache.context.nowMicroseconds
        let command = CommandMark(
            hash: question.hash,
            sentAt: time,
            command: spec.pointee.index,
            effect: .fill,
            isLast: true
        )
        joined.append((session, session.awaitReply(to: command, ofFill: number)))
    }

    /// Whether all of the reply is still to come.
    var isJoinable: Bool { stage != .timeToLive && !isReleased }

    // MARK: Replies

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        guard stage != .reply else { return receiveReply(bytes, isWhole: replies == 1, goesOn: goesOn) }
        guard replies == 1 else { return line.append(contentsOf: bytes) }
        guard !line.isEmpty else { return receiveLine(bytes) }
        line.append(contentsOf: bytes)
        line.withUnsafeBytes { receiveLine($0) }
        line = []
    }

    private func receiveLine(_ line: UnsafeRawBufferPointer) {
        if stage == .timeToLive { finish(line) } else { finishCaching(line) }
    }

    private func finishCaching(_ line: UnsafeRawBufferPointer) {
        stage = .reply
        guard line.first == UInt8(ascii: "-"), let connection else { return }
        cache.cachingRefused(connection, String(decoding: line.dropFirst().dropLast(2), as: UTF8.self))
    }

    private func receiveReply(_ bytes: UnsafeRawBufferPointer, isWhole: Bool, goesOn: Bool) {
        if !isReleased {
            isReleased = true
            holdsLease = cache.cache.releaseRead(question.hash, lease: lease)
            cache.forget(self)
        }
        if !isTooLarge, reply.count + bytes.count > cache.largestEntry {
            isTooLarge = true
            cache.noteLarge(flight)
            reply = []
        }
        if !isTooLarge { reply.append(contentsOf: bytes) }
        if isWhole { stage = .timeToLive }
        session?.receive(bytes, replies: isWhole ? 1 : 0, goesOn: goesOn)
        for (session, ticket) in joined { session.receiveAwaited(ticket, bytes, isWhole: isWhole) }
        if isWhole { joined = [] }
    }

    /// PTTL's reply is in.
    private func finish(_ timeToLive: UnsafeRawBufferPointer) {
        if let refusal = keep(timeToLive) {
            cache.counters.refusedFills.add(refusal)
        } else {
            cache.counters.fills.add()
        }
        cache.cache.endLease(question.hash, lease)
        end()
    }

    /// Stores the reply; why not, if it can't be.
    private func keep(_ timeToLive: UnsafeRawBufferPointer) -> FillRefusal? {
        guard holdsLease, let connection else { return .leaseLost }
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
                session?.fail(failure, commands: 1, afterPartOfReply: afterPartOfReply)
                for (session, ticket) in joined {
                    session.failAwaited(ticket, failure, afterPartOfReply: afterPartOfReply)
                }
                joined = []
            case .timeToLive:
                cache.cache.endLease(question.hash, lease)
                cache.counters.refusedFills.add(.noDeadline)
                end()
            }
        }
    }
}
