import NIOConcurrencyHelpers
import NIOCore
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
    /// How many event loops serve clients.
    public let threads: Int
    /// When the process began to serve.
    public let started = NIODeadline.now()

    private let sessions = Atomic<Int>(0)
    private let pauseEnd = Atomic<UInt64>(0)
    private let loops = NIOLockedValueBox<[LoopCounters]>([])

    /// A server's context.
    public init(version: String, requiredPassword: [UInt8]?, store: EmbeddedStore?, threads: Int) {
        self.version = version
        self.requiredPassword = requiredPassword
        self.store = store
        self.threads = threads
    }

    func nextSessionID() -> Int { sessions.add(1, ordering: .relaxed).newValue }

    func register(_ counters: LoopCounters) { loops.withLockedValue { $0.append(counters) } }

    /// The sum of `counter` over all loops.
    func total(_ counter: (borrowing LoopCounters) -> Int) -> Int {
        loops.withLockedValue { $0.reduce(0) { $0 + counter($1) } }
    }

    /// The clients that are connected now.
    public var connectedClients: Int { total { $0.clients.current } }

    // MARK: CLIENT PAUSE

    /// Whether the server may be holding clients' commands back, because one of ours told it to.
    @inline(__always)
    var mayBePaused: Bool { pauseEnd.load(ordering: .relaxed) != 0 }

    /// Whether it still does.
    func isPaused(at now: NIODeadline) -> Bool {
        let end = pauseEnd.load(ordering: .relaxed)
        if end > now.uptimeNanoseconds { return true }
        _ = pauseEnd.compareExchange(expected: end, desired: 0, ordering: .relaxed)
        return false
    }

    func pause(for duration: TimeAmount) {
        let (end, overflow) = NIODeadline.now().uptimeNanoseconds
            .addingReportingOverflow(UInt64(max(0, duration.nanoseconds)))
        pauseEnd.store(overflow ? .max : end, ordering: .relaxed)
    }

    func unpause() { pauseEnd.store(0, ordering: .relaxed) }
}
