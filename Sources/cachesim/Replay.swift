import LocalCache
import RESP

/// A store that a trace is replayed through.
///
/// An entry's reply is the size of the object that it stands for, which is also what it weighs. Requests come at a
/// steady pace, by which ``LocalCache/Admission`` judges what is kept; without a pace everything is.
struct Replay {
    private(set) var requests = 0
    private var hits = 0
    private var fills = 0
    private let store: EntryStore
    private var admission: Admission?
    private var room = Room()
    private let requestsPerSecond: Int
    private let start = CacheTime(milliseconds: 0)
    private let never = CacheTime(milliseconds: 1 << 30)

    init(capacity: Int, requestsPerSecond: Int? = nil) {
        self.requestsPerSecond = requestsPerSecond ?? 0
        admission = requestsPerSecond == nil ? nil : Admission(now: start)
        store = EntryStore(limit: capacity, largestEntry: 4) { Int($0.reply.loadUnaligned(as: UInt32.self)) }
    }

    var hitRatio: Double { Double(hits) / Double(requests) }
    /// Of the requests, those whose object was fetched to be kept.
    var fillRatio: Double { Double(fills) / Double(requests) }

    mutating func request(_ request: Trace.Request) {
        requests += 1
        withUnsafeBytes(of: request.key) { key in
            let id = CacheID(hash: KeyHash.process(key), key: key, namespace: 0)
            guard admits(id.hash) else { return }
            if store.find(id, now: start) != nil {
                hits += 1
                admission?.noteHit(id.hash)
                return
            }
            admission?.noteMiss(id.hash)
            guard admission?.keeps(id.hash) ?? true else { return }
            fills += 1
            withUnsafeBytes(of: request.size) { size in
                let fill = CacheFill(kind: .wire, reply: size, deadline: never, source: 0)
                _ = store.insert(id, fill, now: start)
            }
        }
    }

    private mutating func admits(_ hash: UInt64) -> Bool {
        guard admission != nil else { return true }
        // The store's clock stands still, so that nothing expires.
        let now = CacheTime(milliseconds: Int64(requests * 1000 / requestsPerSecond))
        if requests % requestsPerSecond == 0 {
            room.note(store.statistics)
            admission?.review(room: room.entries, now: now)
        }
        return admission?.admits(hash, now: now) ?? true
    }
}
