import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

/// The fill of a miss: the command as the client sent it, and one PTTL, and an HPTTL if the fields that it names may
/// expire.
///
/// Others who ask the same in the meantime join, and get the same reply as it comes. For whom something has to be
/// answered before it that comes later, it is held; unless it was too large to be kept before, then he asks for
/// himself.
///
/// A fill that is over is used again for another miss, with the room that it has: otherwise half the time that a miss
/// takes would be spent on getting memory and giving it back.
final class Fill: FillReceiver {
    private(set) var question = CacheQuestion()
    private(set) var lease: UInt64 = 0

    private var session: Session?
    private var holdsLease = false
    private var caching = Caching.reply
    /// Whether HPTTL is asked, too.
    private(set) var asksForFields = false
    /// PTTL's reply, until HPTTL's is in.
    private var timeToLive: [UInt8]?
    private var reply: [UInt8] = []
    private var isTooLarge = false
    private var joined: [(session: Session, ticket: Int)] = []

    /// What is kept of a reply's room, in bytes.
    private static let mostRoom = 16 << 10

    /// Begins: the commands are about to be sent over `shared`.
    func begin(
        _ id: CacheID,
        number: Int,
        lease: UInt64,
        flight: UInt64,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ shared: SharedConnection
    ) {
        question.set(id)
        caching = spec.pointee.caching
        asksForFields = caching == .fieldsReply && cache.asksForFields
        self.lease = lease
        self.session = session
        begin(over: shared, number: number, flight: flight, awaitsCaching: shared.isTracked)
    }

    /// Lets `session` have the reply, too.
    func join(_ session: Session, _ spec: UnsafePointer<CommandSpec>) {
        joined.append((session, session.awaitReply(to: spec, on: CollectionOfOne(question.hash), ofFill: number)))
    }

    override func release() { holdsLease = cache.cache.releaseRead(question.hash, lease: lease) }

    override func receiveReply(_ bytes: UnsafeRawBufferPointer, isWhole: Bool, goesOn: Bool) {
        if !isTooLarge, reply.count + bytes.count > cache.largestEntry {
            isTooLarge = true
            cache.noteLarge(flight)
            reply = []
        }
        if !isTooLarge { reply.append(contentsOf: bytes) }
        session?.receive(bytes, replies: isWhole ? 1 : 0, goesOn: goesOn)
        for (session, ticket) in joined { session.receiveAwaited(ticket, bytes, isWhole: isWhole) }
        if isWhole { joined = [] }
    }

    override func failReply(_ failure: UpstreamFailure, afterPartOfReply: Bool) {
        session?.fail(failure, commands: 1, afterPartOfReply: afterPartOfReply)
        for (session, ticket) in joined { session.failAwaited(ticket, failure, afterPartOfReply: afterPartOfReply) }
        joined = []
    }

    override func receiveTimeToLive(_ reply: UnsafeRawBufferPointer?) {
        guard asksForFields else { return finish(keep(reply, fields: nil)) }
        guard let timeToLive else {
            timeToLive = reply.map { Array($0) } ?? []
            return
        }
        finish(timeToLive.withUnsafeBytes { keep($0, fields: reply) })
        self.timeToLive = nil
    }

    private func finish(_ refusal: FillRefusal?) {
        settle(question, lease: lease, refusal)
        session = nil
        holdsLease = false
        isTooLarge = false
        question.forget()
        if reply.capacity <= Self.mostRoom { reply.removeAll(keepingCapacity: true) } else { reply = [] }
        end()
        cache.recycle(self)
    }

    /// Stores the reply; why not, if it can't be.
    private func keep(_ timeToLive: UnsafeRawBufferPointer?, fields: UnsafeRawBufferPointer?) -> FillRefusal? {
        guard let timeToLive else { return .noDeadline }
        guard holdsLease else { return .leaseLost }
        guard !isTooLarge else { return .tooLarge }
        guard reply.first != UInt8(ascii: "-") else { return .errorReply }
        guard let limit = limit(fields) else { return .noDeadline }
        return reply.withUnsafeBytes { keep($0, as: question, lease: lease, timeToLive: timeToLive, limit: limit) }
    }

    /// How long the fields that were read live at least, in milliseconds; nil if nobody knows.
    private func limit(_ fields: UnsafeRawBufferPointer?) -> Int64? {
        switch caching {
        case .hashReply: cache.mayFieldsExpire ? nil : .max
        // What was read may follow a command that is noted since the question was sent.
        case .fieldsReply where asksForFields || cache.asksForFields:
            fields.flatMap { fields in reply.withUnsafeBytes { EntryLife.shortest(ofFields: fields, reply: $0) } }
        default: .max
        }
    }
}
