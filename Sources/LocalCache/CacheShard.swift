import NIOConcurrencyHelpers
import NIOCore
import RESP

/// A part of the cache, with the keys whose hashes fall to it: what is kept, who may store, and what is in doubt, all
/// under one lock.
///
/// The lock is a pthread mutex: `Synchronization.Mutex` inherits priorities on Linux, which costs a system call
/// whenever two threads meet.
final class CacheShard: @unchecked Sendable {
    private let lock = NIOLock()
    private let rounds: Rounds
    private let store: EntryStore
    private var leases: [PreHashed: Lease] = [:]
    /// The keys whose doubts the round ``latestDoubt`` settles, and those that the round ``earlierDoubt`` does. Those
    /// of rounds before that are settled: of all that have begun or are wished for, two at most aren't.
    private var doubts: Set<PreHashed> = []
    private var latestDoubt: UInt64 = 0
    private var earlierDoubts: Set<PreHashed> = []
    private var earlierDoubt: UInt64 = 0
    private var lastLease: UInt64 = 0
    private var lastClosedSource: UInt32 = 0
    private var isOpen = false

    init(store: EntryStore, rounds: Rounds) {
        self.store = store
        self.rounds = rounds
    }

    // MARK: Reading

    /// Has the slot of the index fetched that a look-up will begin with. Doesn't take the lock.
    @inline(__always)
    func prefetchSlot(_ hash: UInt64) { store.prefetchSlot(hash: hash) }

    /// Has the entry fetched that a look-up will most likely end with.
    @inline(__always)
    func prefetchEntry(_ hash: UInt64) {
        lock.lock()
        store.prefetchEntry(hash: hash)
        lock.unlock()
    }

    @inline(__always)
    func append(
        _ id: CacheID,
        now: CacheTime,
        startedBefore round: UInt64,
        _ version: RESPVersion,
        to output: inout ByteBuffer
    ) -> CacheLookup {
        lock.lock()
        defer { lock.unlock() }
        guard isOpen else { return .closed }
        guard let reply = store.find(id, now: now) else { return .absent }
        if let doubt = unsettledDoubt(id.hash, startedBefore: round) { return .inDoubt(doubt) }
        switch reply.kind {
        case .string: output.writeBulkString(reply.bytes)
        case .missing: output.writeNull(version)
        case .wire: output.writeBytes(reply.bytes)
        }
        return .hit(reply.kind)
    }

    /// What asking for `id` would find, without leaving a trace.
    func peek(_ id: CacheID, now: CacheTime) -> CacheLookup {
        lock.withLock {
            guard isOpen else { return .closed }
            guard let kind = store.peek(id, now: now) else { return .absent }
            return unsettledDoubt(id.hash, startedBefore: 0).map { .inDoubt($0) } ?? .hit(kind)
        }
    }

    /// What is left of the life of the key whose reply answers `id`, in milliseconds; nil if there is no such reply, or
    /// the key has no end.
    func remainingLife(_ id: CacheID, now: CacheTime) -> Int? {
        lock.withLock { isOpen ? store.remainingLife(id, now: now) : nil }
    }

    /// The round that the key waits for; nil when it needn't. Someone who has waited for `round` need not wait for
    /// later doubts: those began after he did.
    @inline(__always)
    private func unsettledDoubt(_ hash: UInt64, startedBefore round: UInt64) -> UInt64? {
        let everything = rounds.everything
        let settled = rounds.settled
        guard max(latestDoubt, everything) > settled else { return nil }
        let doubt = max(everything, keyDoubt(PreHashed(hash)))
        return doubt <= settled || (round > 0 && round <= settled) ? nil : doubt
    }

    private func keyDoubt(_ key: PreHashed) -> UInt64 {
        if doubts.contains(key) { return latestDoubt }
        return earlierDoubts.contains(key) ? earlierDoubt : 0
    }

    // MARK: Leases

    func lease(_ hash: UInt64, source: UInt32) -> UInt64 {
        lock.withLock {
            guard isOpen, source > lastClosedSource else { return 0 }
            if var lease = leases[PreHashed(hash)] {
                guard lease.source == source else { return 0 }
                lease.holders += 1
                leases[PreHashed(hash)] = lease
                return lease.number
            }
            lastLease += 1
            leases[PreHashed(hash)] = Lease(number: lastLease, source: source, holders: 1)
            return lastLease
        }
    }

    func isJoinable(_ hash: UInt64, lease: UInt64) -> Bool {
        lock.withLock { leases[PreHashed(hash)]?.number == lease && unsettledDoubt(hash, startedBefore: 0) == nil }
    }

    func endLease(_ hash: UInt64, _ number: UInt64) {
        lock.withLock {
            guard var lease = leases[PreHashed(hash)], lease.number == number else { return }
            lease.holders -= 1
            leases[PreHashed(hash)] = lease.holders > 0 ? lease : nil
        }
    }

    func store(_ id: CacheID, _ fill: CacheFill, lease: UInt64, now: CacheTime) -> FillOutcome {
        lock.withLock {
            guard leases[PreHashed(id.hash)]?.number == lease else { return .leaseLost }
            return store.insert(id, fill, now: now) ? .stored : .tooLarge
        }
    }

    // MARK: Releasing

    func releaseRead(_ hash: UInt64, lease number: UInt64) -> Bool {
        lock.withLock {
            guard isOpen else { return false }
            let lease = leases.isEmpty ? nil : leases[PreHashed(hash)]
            let isValid = number != 0 && lease?.number == number
            if store.contains(hash: hash) || (lease != nil && !isValid) { doubt(hash) }
            return isValid
        }
    }

    func purge(_ hash: UInt64) {
        lock.withLock {
            if !leases.isEmpty { leases[PreHashed(hash)] = nil }
            if !doubts.isEmpty { doubts.remove(PreHashed(hash)) }
            if !earlierDoubts.isEmpty { earlierDoubts.remove(PreHashed(hash)) }
            store.remove(hash: hash)
        }
    }

    private func doubt(_ hash: UInt64) {
        let round = rounds.next()
        if round != latestDoubt {
            swap(&doubts, &earlierDoubts)
            earlierDoubt = latestDoubt
            doubts.removeAll(keepingCapacity: doubts.count <= Self.mostRoomForDoubts)
            latestDoubt = round
        }
        doubts.insert(PreHashed(hash))
    }

    /// The room of so many doubts is kept for others.
    private static let mostRoomForDoubts = 1 << 10

    // MARK: All of it

    func open() { lock.withLock { isOpen = true } }

    func close(sourcesUpTo last: UInt32) {
        lock.withLock {
            isOpen = false
            lastClosedSource = last
            removeAll()
        }
    }

    func flush() { lock.withLock { removeAll() } }

    private func removeAll() {
        leases = [:]
        doubts = []
        earlierDoubts = []
        store.removeAll()
    }

    func closeSource(_ source: UInt32) {
        lock.withLock {
            store.closeSource(source)
            leases = leases.filter { $0.value.source != source }
        }
    }

    func sweep(now: CacheTime, budget: Int) { lock.withLock { store.sweep(now: now, budget: budget) } }

    var statistics: EntryStoreStatistics { lock.withLock { store.statistics } }
}
