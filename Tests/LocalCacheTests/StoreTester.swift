import RESP

@testable import LocalCache

/// A store, used with arrays of bytes and a clock that is set by hand.
final class StoreTester {
    let store: EntryStore
    var time: Int64 = 1_000_000

    init(
        limit: Int,
        largestEntry: Int = 1 << 20,
        compressor: (any EntryCompressor)? = nil,
        weigher: ((CacheEntry) -> Int)? = nil
    ) {
        store = EntryStore(limit: limit, largestEntry: largestEntry, compressor: compressor, weigher: weigher)
    }

    var now: CacheTime { CacheTime(milliseconds: time) }

    /// What is asked: a key, and optionally more; `hash` is the key's unless a collision is wanted.
    struct Question: Hashable {
        var key: [UInt8]
        var namespace: UInt16 = 0
        var arguments: [UInt8] = []
        var forcedHash: UInt64?

        init(_ key: String, _ arguments: String = "", namespace: UInt16 = 0, hash: UInt64? = nil) {
            self.key = Array(key.utf8)
            self.arguments = Array(arguments.utf8)
            self.namespace = namespace
            forcedHash = hash
        }

        var hash: UInt64 { forcedHash ?? key.withUnsafeBytes { KeyHash.process($0) } }

        func withID<Result>(_ body: (CacheID) -> Result) -> Result {
            key.withUnsafeBytes { key in
                arguments.withUnsafeBytes { body(CacheID(hash: hash, key: key, namespace: namespace, arguments: $0)) }
            }
        }
    }

    @discardableResult
    func insert(
        _ question: Question,
        _ reply: [UInt8],
        lifetime: Int64 = 3_600_000,
        source: UInt32 = 1,
        kind: CachedReply.Kind = .wire
    ) -> Bool {
        question.withID { id in
            reply.withUnsafeBytes { bytes in
                let deadline = now.advanced(milliseconds: lifetime)
                return store.insert(
                    id,
                    CacheFill(kind: kind, reply: bytes, deadline: deadline, source: source),
                    now: now
                )
            }
        }
    }

    func find(_ question: Question) -> [UInt8]? {
        question.withID { store.find($0, now: now).map { [UInt8]($0.bytes) } }
    }

    /// The reply as ``find(_:)`` would tell it; but nothing changes by this.
    func peek(_ question: Question) -> [UInt8]? {
        question.withID { id in
            guard store.peek(id, now: now) != nil else { return nil }
            let entry = store.pool.entry(store.lookup(id))
            return (entry.isCompressed ? store.inflated(entry) : entry.reply).map { [UInt8]($0) }
        }
    }

    func remove(_ question: Question) -> Int { store.remove(hash: question.hash) }
    func contains(_ question: Question) -> Bool { store.contains(hash: question.hash) }

    /// Sweeps until every entry has been looked at.
    func sweep() {
        // The first ends a pass that may be under way.
        for _ in 0..<2 { store.sweep(now: now, budget: .max) }
    }

    var entries: Int { store.statistics.entries }
    var bytesUsed: Int { store.statistics.bytesUsed }

    /// A reply that `seed` chooses. It isn't the same byte all over.
    static func reply(_ count: Int, _ seed: UInt8) -> [UInt8] {
        var reply = [UInt8](repeating: seed, count: count)
        for place in reply.indices.prefix(8) { reply[place] ^= UInt8(place) }
        return reply
    }
}
