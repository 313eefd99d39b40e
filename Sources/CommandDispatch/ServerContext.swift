import FoundationEssentials
import LocalCache
import NIOConcurrencyHelpers
import NIOCore
import RESP
import Stats
import Synchronization
import Upstream

/// What the dispatchers of all event loops share.
public final class ServerContext: Sendable {
    /// The product's version.
    public let version: String
    /// The password of clients, if they need one.
    public let requiredPassword: [UInt8]?
    /// The store that commands are served from; nil when there is an upstream.
    public let store: EmbeddedStore?
    /// The local cache; nil with the store, and when it is turned off.
    let cache: ReplyCache?
    /// How the cache is to be used.
    let cacheConfiguration: CacheConfiguration?
    /// The parts of the cache that identities see.
    let namespaces = Namespaces()
    /// Whether hashes may have fields that expire by themselves.
    let fieldExpiry = FieldExpiry()
    /// How many event loops serve clients.
    public let threads: Int
    /// When the process began to serve.
    public let started = NIODeadline.now()
    /// The same by the calendar.
    public let startDate = Date()

    /// What the server holds back.
    let clientPause = ClientPause()

    /// What is logged of clients that are turned away.
    public let rejections = RejectionLog()

    private let sessions = Atomic<Int>(0)
    private let loops = NIOLockedValueBox<[LoopStatistics]>([])

    /// A server's context.
    ///
    /// - Parameters:
    ///   - store: what serves when there is no upstream.
    ///   - cache: the local cache before an upstream, if there is to be one.
    public init(
        version: String,
        requiredPassword: [UInt8]?,
        store: EmbeddedStore?,
        cache: CacheConfiguration? = nil,
        threads: Int
    ) {
        self.version = version
        self.requiredPassword = requiredPassword
        self.store = store
        cacheConfiguration = cache
        self.cache = cache.map { ReplyCache($0.store) }
        self.threads = threads
    }

    func nextSessionID() -> Int { sessions.add(1, ordering: .relaxed).newValue }

    func register(_ loop: LoopStatistics) { loops.withLockedValue { $0.append(loop) } }

    /// How many bytes the local cache takes.
    public var cachedBytes: Int { cache?.statistics.bytesUsed ?? 0 }

    /// What the local cache, or the embedded store in its place, has done and holds.
    public var cacheStatistics: CacheStatistics {
        let loops = loops.withLockedValue { $0 }
        if let store { return CacheStatistics(loops, store.statistics) }
        return CacheStatistics(
            loops,
            cache?.statistics ?? EntryStoreStatistics(),
            memoryLimit: cache?.memoryLimit ?? 0
        )
    }

    /// The keys that are asked for most, most often first, `limit` at most.
    public func topKeys(limit: Int) -> [TopKey] {
        TopKeys.merged(loops.withLockedValue { $0.compactMap(\.topKeys) }, limit: limit)
    }

    /// Halves what keys are known for: what was asked for a while ago matters less and less.
    public func decayTopKeys() {
        for loop in loops.withLockedValue({ $0 }) { loop.topKeys?.decay() }
    }

    /// The HTTP requests answered, and how long they took.
    public var http: (answers: [HTTPCounters.Entry], durations: LatencySnapshot) {
        let counters = loops.withLockedValue { $0.map(\.counters.http) }
        return (HTTPCounters.merged(counters), counters.reduce(LatencySnapshot()) { $0 + $1.durations.snapshot() })
    }

    /// How often each command was given; `other` are those that the table doesn't have.
    public var commandCounts: [(name: String, count: Int)] {
        let loops = loops.withLockedValue { $0.map { $0.counters.commands.current } }
        let named = CommandTable.standard.values.map { (name: $0.name.text, slot: Int($0.index)) }
        return (named + [(name: "other", slot: 0)]).map { name, slot in
            (name, loops.reduce(0) { $0 + $1[slot] })
        }
    }

    /// The sum of `counter` over all loops.
    public func total(_ counter: (borrowing LoopCounters) -> Int) -> Int {
        loops.withLockedValue { $0.reduce(0) { $0 + counter($1.counters) } }
    }

    /// The Redis clients that are connected now.
    public var connectedClients: Int { total { $0.clients.current } }
    /// The clients of all listeners that are connected now.
    public var allClients: Int { total { $0.clients.current + $0.restClients.current } }
    /// Whether what would have to leave the cache is compressed instead.
    public var compresses: Bool { cacheConfiguration?.store.makeCompressor != nil }
}
