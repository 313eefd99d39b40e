import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

/// An MGET for the keys that the cache didn't have, and a PTTL behind it for each of them that may be kept.
///
/// The strings are passed on as they come; only those are held that may be kept, until their PTTLs are in, and no more
/// of them together than one entry or a client's output may take. Others who lack the same keys in the meantime join,
/// each with what was found for him, unless something has to be answered before it that comes later.
final class PartialMGet: FillReceiver {
    /// A key that is asked for.
    struct Missing {
        /// Where it stands among the keys of the client's MGET, from 0.
        let position: Int
        let question: CacheQuestion
        /// Its lease; 0 if its string won't be kept.
        let lease: UInt64
    }

    private let missing: [Missing]
    private let session: Session
    private var merged: MergedReply
    private var joined: [(session: Session, ticket: Int, merged: MergedReply)] = []
    /// Whether the clients have some of the reply.
    private var isBegun = false
    /// The strings of those that may be kept, as far as they are here and there is room for them.
    private var strings: [[UInt8]]
    private var held = 0
    private let mostHeld: Int
    private var tooLarge: Set<Int> = []
    private var toKeep: ArraySlice<Int>

    /// - Parameters:
    ///   - count: how many keys the client asked for.
    ///   - found: the replies for those that aren't `missing`, framed, in order.
    init(
        of count: Int,
        found: ByteBuffer,
        missing: [Missing],
        number: Int,
        flight: UInt64,
        _ cache: LoopCache,
        _ session: Session,
        _ shared: SharedConnection
    ) {
        self.missing = missing
        self.session = session
        mostHeld = max(cache.largestEntry, Session.outputLimit)
        toKeep = missing.indices.filter { missing[$0].lease != 0 }[...]
        merged = MergedReply(of: count, missing: missing.map(\.position), found: found)
        strings = Array(repeating: [], count: missing.count)
        super.init(cache)
        begin(over: shared, number: number, flight: flight, awaitsCaching: shared.isTracked && !toKeep.isEmpty)
    }

    /// Whether it asks for these keys, and what it will bring may answer a command that comes now.
    func isJoinable(by asked: [CacheID]) -> Bool {
        isJoinable && missing.count == asked.count
            && zip(missing, asked).allSatisfy { missing, id in
                missing.question.asks(id) && cache.cache.isJoinable(id.hash, lease: missing.lease)
            }
    }

    /// Lets `session` have what is `missing` from its own MGET for `count` keys, for the others of which something was
    /// `found`.
    func join(
        of count: Int,
        found: ByteBuffer,
        missing positions: [Int],
        _ session: Session,
        _ spec: UnsafePointer<CommandSpec>
    ) {
        let ticket = session.awaitReply(to: spec, on: missing.map(\.question.hash), ofFill: number)
        joined.append((session, ticket, MergedReply(of: count, missing: positions, found: found)))
    }

    override func release() {
        for key in missing { _ = cache.cache.releaseRead(key.question.hash, lease: key.lease) }
    }

    override func receiveReply(_ bytes: UnsafeRawBufferPointer, isWhole: Bool, goesOn: Bool) {
        var output = cache.context.buffers.take()
        merged.take(bytes, into: &output) { index, part in hold(part, of: index) }
        if isWhole || output.readableBytes > 0 {
            isBegun = true
            output.withUnsafeReadableBytes { session.receive($0, replies: isWhole ? 1 : 0, goesOn: goesOn) }
        }
        for index in joined.indices {
            output.clear()
            joined[index].merged.take(bytes, into: &output) { _, _ in }
            guard isWhole || output.readableBytes > 0 else { continue }
            let (session, ticket, _) = joined[index]
            output.withUnsafeReadableBytes { session.receiveAwaited(ticket, $0, isWhole: isWhole) }
        }
        if isWhole { joined = [] }
        cache.context.buffers.put(output)
    }

    private func hold(_ part: UnsafeRawBufferPointer, of index: Int) {
        guard missing[index].lease != 0, !tooLarge.contains(index) else { return }
        let size = strings[index].count + part.count
        guard size > cache.largestEntry || held + part.count > mostHeld else {
            strings[index] += part
            held += part.count
            return
        }
        held -= strings[index].count
        strings[index] = []
        tooLarge.insert(index)
    }

    override func failReply(_ failure: UpstreamFailure, afterPartOfReply: Bool) {
        session.fail(failure, commands: 1, afterPartOfReply: isBegun)
        for (session, ticket, _) in joined { session.failAwaited(ticket, failure, afterPartOfReply: isBegun) }
        joined = []
    }

    override func receiveTimeToLive(_ timeToLive: UnsafeRawBufferPointer?) {
        guard let index = toKeep.popFirst() else { return }
        settle(missing[index].question, lease: missing[index].lease, keep(index, timeToLive))
    }

    /// Stores a key's string; why not, if it can't be.
    private func keep(_ index: Int, _ timeToLive: UnsafeRawBufferPointer?) -> FillRefusal? {
        guard let timeToLive else { return .noDeadline }
        guard !merged.isForeign else { return .errorReply }
        guard !tooLarge.contains(index) else { return .tooLarge }
        return strings[index].withUnsafeBytes {
            keep($0, as: missing[index].question, lease: missing[index].lease, timeToLive: timeToLive)
        }
    }
}
