import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

/// An MGET for the keys that the cache didn't have, a CLIENT CACHING YES before it if any of them may be kept, and a PTTL
/// behind it for each that may.
/// The strings are passed on as they come; only those are held that may be kept, until their PTTLs are in, and no more of them
/// together than one entry or a client's output may take.
final class PartialMGet: ReplyReceiver {
    private enum Stage {
        case caching
        case strings
        case timesToLive
    }

    /// A key that is asked for.
    struct Missing {
        /// Where it stands among the keys of the client's MGET, from 0.
        let position: Int
        let question: CacheQuestion
        /// Its lease; 0 if its string won't be kept.
        let lease: UInt64
    }

    private let missing: [Missing]
    private let cache: LoopCache
    private let session: Session
    private let connection: SharedConnection
    private let source: UInt32
    private let sentAt: Int64
    private var stage: Stage
    private var merged: MergedReply
    private var isReleased = false
    /// Whether the client has some of the reply.
    private var isBegun = false
    /// The strings of those that may be kept, as far as they are here and there is room for them.
    private var strings: [[UInt8]]
    private var held = 0
    private let mostHeld: Int
    private var tooLarge: Set<Int> = []
    private var toKeep: ArraySlice<Int> = []
    /// The beginning of a reply to CACHING or PTTL that came in parts.
    private var line: [UInt8] = []

    /// - Parameters:
    ///   - count: how many keys the client asked for.
    ///   - found: the replies for those that aren't `missing`, framed, in order.
    init(
        of count: Int,
        found: ByteBuffer,
        missing: [Missing],
        _ cache: LoopCache,
        _ session: Session,
        _ shared: SharedConnection
    ) {
        self.missing = missing
        self.cache = cache
        self.session = session
        connection = shared
        source = shared.trackingSource
        sentAt = cache.context.nowMilliseconds
        mostHeld = max(cache.largestEntry, Session.outputLimit)
        toKeep = missing.indices.filter { missing[$0].lease != 0 }[...]
        stage = toKeep.isEmpty || !shared.isTracked ? .strings : .caching
        merged = MergedReply(of: count, missing: missing.map(\.position), found: found)
        strings = Array(repeating: [], count: missing.count)
    }

    /// Whether a CLIENT CACHING YES has to be sent before it.
    var awaitsCaching: Bool { stage == .caching }

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        guard stage != .strings else { return receiveStrings(bytes, isWhole: replies > 0, goesOn: goesOn) }
        line += bytes
        guard replies > 0 else { return }
        let line = line
        self.line = []
        if stage == .timesToLive { return line.withUnsafeBytes { keepNext(timeToLive: $0) } }
        stage = .strings
        guard line.first == UInt8(ascii: "-") else { return }
        cache.cachingRefused(connection, String(decoding: line.dropFirst().dropLast(2), as: UTF8.self))
    }

    private func receiveStrings(_ bytes: UnsafeRawBufferPointer, isWhole: Bool, goesOn: Bool) {
        if !isReleased {
            isReleased = true
            for key in missing { _ = cache.cache.releaseRead(key.question.hash, lease: key.lease) }
        }
        if isWhole { stage = .timesToLive }
        var output = cache.context.buffers.take()
        merged.take(bytes, into: &output) { index, part in hold(part, of: index) }
        if isWhole || output.readableBytes > 0 {
            isBegun = true
            output.withUnsafeReadableBytes { session.receive($0, replies: isWhole ? 1 : 0, goesOn: goesOn) }
        }
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

    /// The reply to the next key's PTTL is in.
    private func keepNext(timeToLive: UnsafeRawBufferPointer) {
        guard let index = toKeep.popFirst() else { return }
        if let refusal = keep(index, timeToLive) {
            cache.counters.refusedFills.add(refusal)
        } else {
            cache.counters.fills.add()
        }
        cache.cache.endLease(missing[index].question.hash, missing[index].lease)
    }

    /// Stores a key's string; why not, if it can't be.
    private func keep(_ index: Int, _ timeToLive: UnsafeRawBufferPointer) -> FillRefusal? {
        guard !merged.isForeign else { return .errorReply }
        guard !tooLarge.contains(index) else { return .tooLarge }
        return strings[index].withUnsafeBytes {
            cache.keep(
                $0,
                as: missing[index].question,
                lease: missing[index].lease,
                timeToLive: timeToLive,
                sentAt: sentAt,
                over: connection,
                source: source
            )
        }
    }

    override func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) {
        line = []
        for _ in 0..<commands {
            switch stage {
            case .caching: stage = .strings
            case .strings:
                stage = .timesToLive
                session.fail(failure, commands: 1, afterPartOfReply: isBegun)
            case .timesToLive:
                guard let index = toKeep.popFirst() else { return }
                cache.cache.endLease(missing[index].question.hash, missing[index].lease)
                cache.counters.refusedFills.add(.noDeadline)
            }
        }
    }
}
