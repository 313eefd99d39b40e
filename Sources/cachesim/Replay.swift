import LocalCache
import RESP

/// A store that a trace is replayed through.
///
/// An entry's reply is the size of the object that it stands for, which is also what it weighs.
struct Replay {
    private(set) var requests = 0
    private var hits = 0
    private let store: EntryStore
    private let now = CacheTime(milliseconds: 0)
    private let never = CacheTime(milliseconds: 1 << 30)

    init(capacity: Int) {
        store = EntryStore(limit: capacity, largestEntry: 4) { Int($0.reply.loadUnaligned(as: UInt32.self)) }
    }

    var hitRatio: Double { Double(hits) / Double(requests) }

    mutating func request(_ request: Trace.Request) {
        requests += 1
        withUnsafeBytes(of: request.key) { key in
            let id = CacheID(hash: KeyHash.process(key), key: key, namespace: 0)
            if store.find(id, now: now) != nil {
                hits += 1
                return
            }
            withUnsafeBytes(of: request.size) { size in
                let fill = CacheFill(kind: .wire, reply: size, deadline: never, source: 0)
                _ = store.insert(id, fill, now: now)
            }
        }
    }
}
