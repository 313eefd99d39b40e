import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

/// An MGET for the keys that the cache didn't have, a CLIENT CACHING YES before it if any of them may be kept, and a PTTL
/// behind it for each that may.
final class PartialMGet: CollectingReceiver {
    /// A key that is asked for.
    struct Missing {
        /// Where it stands among the keys of the client's MGET, from 0.
        let position: Int
        let question: CacheQuestion
        /// Its lease; 0 if its string won't be kept.
        let lease: UInt64
    }

    private let count: Int
    private let found: ByteBuffer
    private let missing: [Missing]
    private let cache: LoopCache
    private let session: Session
    private let connection: SharedConnection
    private let source: UInt32
    private let sentAt: Int64
    private var isTracked: Bool
    private var isAnswered = false
    private var strings: [ArraySlice<UInt8>] = []
    private var toKeep: ArraySlice<Int> = []

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
        self.count = count
        self.found = found
        self.missing = missing
        self.cache = cache
        self.session = session
        connection = shared
        source = shared.trackingSource
        sentAt = cache.context.nowMilliseconds
        toKeep = missing.indices.filter { missing[$0].lease != 0 }[...]
        isTracked = toKeep.isEmpty || !shared.isTracked
    }

    /// Whether a CLIENT CACHING YES has to be sent before it.
    var awaitsCaching: Bool { !isTracked }

    override func receive(reply: UnsafeRawBufferPointer) {
        guard isTracked else { return receiveCaching(reply) }
        guard isAnswered else { return receiveStrings(reply) }
        keepNext(timeToLive: reply)
    }

    private func receiveCaching(_ reply: UnsafeRawBufferPointer) {
        isTracked = true
        guard reply.first == UInt8(ascii: "-") else { return }
        cache.cachingRefused(connection, String(decoding: reply.dropFirst().dropLast(2), as: UTF8.self))
    }

    private func receiveStrings(_ reply: UnsafeRawBufferPointer) {
        isAnswered = true
        for key in missing { _ = cache.cache.releaseRead(key.question.hash, lease: key.lease) }
        let bytes = Array(reply)
        strings = Self.elements(of: bytes)
        guard strings.count == missing.count else {
            // An error: of all of it.
            return session.receive(reply, replies: 1, goesOn: false)
        }
        merged().withUnsafeReadableBytes { session.receive($0, replies: 1, goesOn: false) }
    }

    /// The reply to the client's MGET.
    private func merged() -> ByteBuffer {
        var buffer = cache.context.buffers.take()
        buffer.writeArrayHeader(count)
        found.withUnsafeReadableBytes { found in
            var framer = ReplyFramer()
            var next = 0
            var start = 0
            for position in 0..<count {
                if next < missing.count, missing[next].position == position {
                    buffer.writeBytes(strings[next])
                    next += 1
                } else if let end = try? framer.endOfFrame(in: found, from: start) {
                    buffer.writeBytes(UnsafeRawBufferPointer(rebasing: found[start..<end]))
                    start = end
                }
            }
        }
        return buffer
    }

    /// The elements of an array's frame, each in its own; none if it is something else.
    private static func elements(of reply: [UInt8]) -> [ArraySlice<UInt8>] {
        guard reply.first == UInt8(ascii: "*"), var start = reply.firstIndex(of: 10).map({ $0 + 1 }) else { return [] }
        var elements: [ArraySlice<UInt8>] = []
        reply.withUnsafeBytes { bytes in
            var framer = ReplyFramer()
            while start < bytes.count, let end = try? framer.endOfFrame(in: bytes, from: start) {
                elements.append(reply[start..<end])
                start = end
            }
        }
        return elements
    }

    /// The reply to the next key's PTTL is in.
    private func keepNext(timeToLive: UnsafeRawBufferPointer) {
        guard let index = toKeep.popFirst() else { return }
        let key = missing[index]
        defer { cache.cache.endLease(key.question.hash, key.lease) }
        guard strings.count == missing.count else { return cache.counters.refusedFills.add(.errorReply) }
        let refusal = strings[index].withUnsafeBytes {
            cache.keep(
                $0,
                as: key.question,
                lease: key.lease,
                timeToLive: timeToLive,
                sentAt: sentAt,
                over: connection,
                source: source
            )
        }
        if let refusal { cache.counters.refusedFills.add(refusal) } else { cache.counters.fills.add() }
    }

    override func fail(_ failure: UpstreamFailure) {
        guard isTracked else {
            isTracked = true
            return
        }
        guard isAnswered else {
            isAnswered = true
            return session.fail(failure, commands: 1, afterPartOfReply: false)
        }
        guard let index = toKeep.popFirst() else { return }
        cache.cache.endLease(missing[index].question.hash, missing[index].lease)
        cache.counters.refusedFills.add(.noDeadline)
    }
}
