import NIOConcurrencyHelpers
import NIOCore
import RESP
import Synchronization

/// Replies of a Redis, kept so that no client can tell: the local cache.
///
/// # Coherence
///
/// The server tells us of every change to a key that we have read (`CLIENT TRACKING`), but over another connection, the
/// *feed*, than the one that replies come over. So a reply and the news of a change that it already shows may arrive in
/// either order, and a command's reply may be in before the news of what that command changed. What a client may be
/// told is decided by these rules, for each key by itself; the model in `Tests/Model` is true to them, and checks them.
///
/// 1. **Gate.** Nothing is served or stored while the feed isn't heard (``open()``, ``close()``). When a tracked
///    connection ends, the server forgets what it tracked for it, so all that came through it goes
///    (``closeSource(_:)``). What changes keys and sends no push (SWAPDB) keeps the gate shut from being sent to being
///    answered (``suspend(_:)``), or until the server has been told to drop it if it can be told, and has everything
///    flushed then.
/// 2. **Lease.** Who misses takes the key's ``Lease`` before the command is sent (``lease(_:source:)``), and may store
///    the reply only if the lease is still his when it comes (``store(_:_:lease:now:)``). Whatever drops a key's
///    entries ends its lease.
/// 3. **Release.** Before a reply leaves for a client, the keys that its command named are dealt with. If the command
///    may have written them, they are purged (``purge(_:)``): the client must read its own write. If it read them, the
///    client must not be told anything older afterwards (``releaseRead(_:lease:)``): what is kept of the key, or is on
///    its way under somebody else's lease, may be older, or may just as well be the same. It is *in doubt*.
/// 4. **Behind your own.** Who has commands on a key under way doesn't ask here: the caller's business.
/// 5. **Doubt.** What is in doubt is served to nobody until a *round* that began later is settled (``Rounds``). By then
///    the news of whatever the reply may have shown has come in, and if it concerned the key, nothing of it is left
///    here. What may tell of any key (the reply to a script, or to a command that waited for others' writes, or a
///    message) is held until a PING on the feed, sent after it came, is answered (``news``), and no longer for the
///    sake of a tracked connection that may be dead: a large reply over one of them would hold up all of these. Where
///    it can't be held, everything is in doubt (``doubtEverything()``).
/// 6. **Deadline.** An entry dies when the server's key would have: lazily when it is asked for, and by sweeping.
/// 7. **Namespace.** An entry belongs to one user and database, by ``CacheID/namespace``; a key is purged in all of
///    them, since invalidations don't say which database they mean.
///
/// Doubt instead of purging is what makes two things work: several replies of one key (the fields of a hash) can be
/// kept side by side although each new one might show that the others are old, and several threads can read one new key
/// at the same moment without one's reply forever throwing out the other's.
///
/// Keys are known by 64-bit hashes with a secret seed; two that collide are purged together, which is harmless. Whether
/// an entry answers a question is decided by comparing bytes.
///
/// The cache is divided into shards with a lock each. It may be used from any thread.
public final class ReplyCache: @unchecked Sendable {
    /// The rounds that settle doubts.
    public let rounds = Rounds()
    /// Rounds in which the feed alone is asked: what they settle is that its news is in.
    public let news = Rounds()
    /// How many bytes it may take.
    public let memoryLimit: Int

    private let suspensions = Atomic<Int>(0)
    private let shards: [CacheShard]
    /// The same, for what is done with every command: reached without counting a reference.
    private let unmanagedShards: UnsafeMutablePointer<Unmanaged<CacheShard>>
    private let shift: UInt64
    private let sources = NIOLockedValueBox((epoch: UInt64(1), last: UInt32(0)))

    private static let mostShards = 16
    private static let smallestShard = 4 << 20
    /// In a smaller shard a compressor would take more than what it saves is worth.
    private static let smallestCompressingShard = 2 << 20

    /// An empty cache, closed.
    public init(_ configuration: ReplyCacheConfiguration) {
        var count = 1
        while count < Self.mostShards, configuration.memoryLimit / (count * 2) >= Self.smallestShard { count *= 2 }
        memoryLimit = configuration.memoryLimit
        shift = UInt64(64 - count.trailingZeroBitCount)
        let limit = configuration.memoryLimit / count
        let rounds = rounds
        let makeCompressor = limit >= Self.smallestCompressingShard ? configuration.makeCompressor : nil
        shards = (0..<count).map { _ in
            CacheShard(
                store: EntryStore(
                    limit: limit,
                    largestEntry: configuration.largestEntry,
                    compressor: makeCompressor?()
                ),
                rounds: rounds
            )
        }
        unmanagedShards = .allocate(capacity: count)
        for (index, shard) in shards.enumerated() {
            (unmanagedShards + index).initialize(to: .passUnretained(shard))
        }
    }

    deinit { unmanagedShards.deallocate() }

    @inline(__always)
    private var isSuspended: Bool { suspensions.load(ordering: .acquiring) > 0 }

    @inline(__always)
    private func shardIndex(_ hash: UInt64) -> Int { shift == 64 ? 0 : Int(truncatingIfNeeded: hash &>> shift) }

    /// Calls `body` with the shard that the hash falls to.
    @inline(__always)
    private func withShard<Result>(_ hash: UInt64, _ body: (CacheShard) -> Result) -> Result {
        unmanagedShards[shardIndex(hash)]._withUnsafeGuaranteedRef(body)
    }

    // MARK: Reading

    /// Writes the reply to `id`, framed for `version`, to `output` if it may be served.
    ///
    /// `startedBefore` is the round that the asker has waited for already, or 0.
    @inline(__always)
    public func append(
        _ id: CacheID,
        now: CacheTime,
        startedBefore round: UInt64,
        _ version: RESPVersion,
        to output: inout ByteBuffer
    ) -> CacheLookup {
        guard !isSuspended else { return .suspended }
        return withShard(id.hash) {
            $0.append(id, now: now, startedBefore: round, version, to: &output)
        }
    }

    /// Brings what will be looked up in a moment near the processor, by hashes of keys.
    ///
    /// A look-up waits twice for memory: for the slot of the index, and for the entry that this points to. That is more
    /// than half of what a hit costs. For many keys at once the waits overlap.
    public func prefetch(_ hashes: UnsafeBufferPointer<UInt64>) {
        for hash in hashes { withShard(hash) { $0.prefetchSlot(hash) } }
        for hash in hashes { withShard(hash) { $0.prefetchEntry(hash) } }
    }

    /// Brings near what will be looked at first when the key is released or purged.
    @inline(__always)
    public func prefetch(_ hash: UInt64) { withShard(hash) { $0.prefetchSlot(hash) } }

    /// What asking for `id` would find; nothing changes by it.
    public func peek(_ id: CacheID, now: CacheTime) -> CacheLookup {
        isSuspended ? .suspended : withShard(id.hash) { $0.peek(id, now: now) }
    }

    /// What is left of the life of the key whose reply answers `id`, in milliseconds; nil if there is no such reply, or
    /// the key has no end.
    public func remainingLife(_ id: CacheID, now: CacheTime) -> Int? {
        withShard(id.hash) { $0.remainingLife(id, now: now) }
    }

    // MARK: Filling

    /// The number of the key's lease for a command that is about to be sent over `source`; 0 if it goes without.
    public func lease(_ hash: UInt64, source: UInt32) -> UInt64 {
        isSuspended ? 0 : withShard(hash) { $0.lease(hash, source: source) }
    }

    /// Whether a reply that is on its way under `lease` may also answer a command that comes now.
    public func isJoinable(_ hash: UInt64, lease: UInt64) -> Bool {
        !isSuspended && withShard(hash) { $0.isJoinable(hash, lease: lease) }
    }

    /// Gives a lease back, whether anything was stored or not.
    public func endLease(_ hash: UInt64, _ lease: UInt64) { withShard(hash) { $0.endLease(hash, lease) } }

    /// Stores a reply if its lease still holds.
    public func store(_ id: CacheID, _ fill: CacheFill, lease: UInt64, now: CacheTime) -> FillOutcome {
        withShard(id.hash) { $0.store(id, fill, lease: lease, now: now) }
    }

    // MARK: Releasing

    /// The reply of a command that read the key is about to leave. True if its lease (0 for none) still holds.
    public func releaseRead(_ hash: UInt64, lease: UInt64) -> Bool {
        withShard(hash) { $0.releaseRead(hash, lease: lease) }
    }

    /// The key has changed, or the reply of a command that may have changed it is about to leave.
    public func purge(_ hash: UInt64) { withShard(hash) { $0.purge(hash) } }

    /// Keys have changed that nobody can name.
    public func doubtEverything() { rounds.doubtEverything() }

    // MARK: All of it

    /// `count` commands are about to be sent that change keys and tell nobody, as SWAPDB does. A round can't settle
    /// what they leave in doubt: until they are done, nothing is served and no lease is given.
    public func suspend(_ count: Int) { suspensions.add(count, ordering: .sequentiallyConsistent) }

    /// As many of them are done, and what was kept before has been flushed.
    public func resume(_ count: Int) { suspensions.subtract(count, ordering: .sequentiallyConsistent) }

    /// Lets replies be served and stored. Returns the epoch that begins, which ends with ``close()``.
    public func open() -> UInt64 {
        for shard in shards { shard.open() }
        return sources.withLockedValue { $0.epoch }
    }

    /// Drops everything, and serves and stores nothing until it is opened. No source of the epoch that ends gets a
    /// lease again.
    public func close() {
        let last = sources.withLockedValue {
            $0.epoch += 1
            return $0.last
        }
        for shard in shards { shard.close(sourcesUpTo: last) }
    }

    /// Drops everything.
    public func flush() {
        for shard in shards { shard.flush() }
    }

    /// A number for a connection that is about to have its reads tracked; 0 if `epoch` is over.
    public func makeSource(_ epoch: UInt64) -> UInt32 {
        sources.withLockedValue {
            guard $0.epoch == epoch else { return 0 }
            $0.last += 1
            return $0.last
        }
    }

    /// The connection has ended: what came through it goes.
    public func closeSource(_ source: UInt32) {
        for shard in shards { shard.closeSource(source) }
    }

    /// Looks for entries whose time is over, at `budget` of each shard, from where the last sweep ended.
    public func sweep(now: CacheTime, budget: Int) {
        for shard in shards { shard.sweep(now: now, budget: budget) }
    }

    /// What it holds and has done.
    public var statistics: EntryStoreStatistics { shards.reduce(into: EntryStoreStatistics()) { $0 += $1.statistics } }
}
