/// Replies kept within a limit of bytes: a part of the local cache.
///
/// # What is evicted
///
/// The queues are those of S3-FIFO (Yang et al., SOSP 2023). New entries enter a *small* queue, which is given an
/// eighth of what all entries weigh. What was hit by the time it comes to the small queue's end moves on to the *main*
/// queue; what wasn't, is evicted, and a ghost of two bytes stays behind (``GhostQueue``): if it is asked for again
/// soon, it goes to the main queue straight away. What was hit since it was last at the end of the main queue goes
/// round once more. So the many replies that are never asked for again leave after an eighth of the way, and a scan
/// pushes nothing out. Four things are different:
///
/// - *Hits pay for room.* A large entry takes the place of many. One that weighs what the mean does (of what all were
///   before any was compressed) pays one hit for moving on, and for each round; another pays in proportion. Who has
///   less moves on with a chance in proportion; for a round the price is rounded up or down by chance, and never more
///   than the three hits that are counted. So hits per byte count, as in GDSF, which keeps a priority queue for it.
/// - *Bursts are one use.* Hits on what has come in a moment ago hardly count (``Youth``), unless what came in such a
///   burst turns out to be asked for again (``Bursts``).
/// - *Who returns must have a chance to be hit.* After a long time only those go from the ghosts to the main queue that
///   it would keep for as long again (``MainQueuePace``); the others begin as new ones.
/// - *A few are tried.* One in 64 of those that would be evicted goes to the main queue all the same, more of what is
///   small and fewer of what is large. On a loop longer than cache and ghosts together these are found when it comes
///   round, where every queue by itself would find nothing.
///
/// The mean hit ratio on the traces of two shops, an object mapper and a CDN, at 1, 5, 10 and 20 % of their size, is
/// 0.580 (`cachesim` replays a trace through this code); S3-FIFO by size has 0.571, GDSF 0.574, ARC 0.563, LRU 0.541.
/// Where the sizes of values vary as much as they do in practice, it finds some four points more than S3-FIFO by size
/// does; but as many more of the small are found, somewhat more bytes may have to be fetched for the large. On a loop
/// of 1.25 to 4 times the cache it finds half of what can be and more, LRU nothing. Of eighteen other traces, at four
/// sizes each, none is more than a point below LRU. What is read a few times while it is new, and never after (feeds,
/// visits), LRU finds more of, as it does than S3-FIFO.
///
/// What a hit costs is a counter of two bits in the entry's header, which is in the cache line that the lookup has just
/// read. LRU writes to three entries for it. The queues being FIFOs, they can be logs.
///
/// # Where it lies
///
/// An entry is one block (``CacheEntry``), and blocks lie one after the other in chunks of a 64th of the limit, up to
/// 64 KB (``ChunkPool``, ``EntryQueue``). No memory is lost between blocks of varying sizes, whatever comes and goes,
/// and chunks are pages that can be given back. Holes that invalidation leaves are closed by moving what lies behind
/// them in the queue forward, in order, before anything is evicted (`EntryStore+Compaction.swift`).
///
/// Everything counts: chunks, index, ghosts, tables, and what the compressor takes. The last chunk's worth of the
/// limit, with a compressor the last two, is never given to new entries, so that eviction always has where to put what
/// it keeps until the chunk that it empties is free.
///
/// # How it is found
///
/// The first reply of a key is found by the key's hash (``EntryIndex``). The others are linked to it, so that all of
/// them are there to be removed together, and found by a hash of key, namespace and arguments. So one reply of ten
/// thousand is found at once, and a key that has one costs a lookup and no more.
///
/// # Cold replies
///
/// With a compressor, what would be evicted is compressed instead, if that makes it smaller. What was never hit enters
/// a third queue, the *cold* one, which has only the room that the others leave. What is hit twice is plain again; what
/// isn't hit at all is evicted when it comes to the end (`EntryStore+Compression.swift`).
///
/// It isn't synchronized: whoever owns it holds a lock.
package final class EntryStore {
    let limit: Int
    let largestEntry: Int
    let compressor: (any EntryCompressor)?
    let weigher: ((CacheEntry) -> Int)?

    let pool: ChunkPool
    var index: EntryIndex
    var ghost = GhostQueue()
    var small = EntryQueue(.small)
    var cold = EntryQueue(.cold)
    var main = EntryQueue(.main)
    var closedSources = ClosedSources()
    var youth: Youth
    var bursts = Bursts()
    var pace = MainQueuePace()
    var chance = Chance()
    var sweeper = Sweeper()
    var compactor = Compactor()

    /// How many bytes may still be compressed to make room for one entry.
    var compressionBudget = 0

    /// What all entries would weigh together if none were compressed.
    var plainWeight = 0
    /// Bytes in chunks that entries have left behind.
    var dead = 0
    /// What is counted as it happens; the rest is filled in by ``statistics``.
    var counters = EntryStoreStatistics()

    private let tableSize: Int
    private let usesMemory: Bool

    private static let smallestLimit = 64 << 10
    private static let largestChunk = 64 << 10
    private static let chunksInLimit = 64

    /// An empty store of `limit` bytes, everything included, for replies of up to `largestEntry` bytes.
    ///
    /// With a `weigher` the limit is of what it says of each entry instead, whatever memory that takes: for replaying
    /// traces. A store of less than 64 KB takes nothing in.
    package init(
        limit: Int,
        largestEntry: Int,
        compressor: (any EntryCompressor)? = nil,
        weigher: ((CacheEntry) -> Int)? = nil
    ) {
        self.limit = limit
        self.largestEntry = largestEntry
        self.compressor = compressor
        self.weigher = weigher
        youth = Youth(room: limit / Self.smallShare)
        usesMemory = weigher != nil || limit >= Self.smallestLimit
        let memory = weigher != nil ? Int.max : usesMemory ? limit : 0
        let chunkSize = min(Self.largestChunk, max(Pages.size, Self.powerOfTwo(notAbove: memory / Self.chunksInLimit)))
        pool = ChunkPool(limit: memory, chunkSize: chunkSize)
        tableSize = ChunkPool.tableSize(limit: usesMemory && weigher == nil ? limit : 0, chunkSize: chunkSize)
        // An index takes about a tenth of small entries' memory. Its parts are to be no larger than a chunk.
        let parts = weigher != nil ? 1 : memory / 10 / max(chunkSize, 4 * Pages.size)
        index = EntryIndex(partBits: Self.powerOfTwo(notAbove: parts).trailingZeroBitCount)
    }

    deinit {
        index.deallocate()
        ghost.deallocate()
    }

    private static func powerOfTwo(notAbove value: Int) -> Int {
        value < 1 ? 1 : 1 << (Int.bitWidth - 1 - value.leadingZeroBitCount)
    }

    /// What is taken from memory.
    var held: Int {
        pool.bytes + index.bytes + ghost.bytes + tableSize + ClosedSources.mostBytes + (compressor?.memoryBytes ?? 0)
    }

    /// What new entries may take up, with everything else.
    var ceiling: Int {
        weigher != nil ? Int.max : usesMemory ? limit - pool.chunkSize * (compressor == nil ? 1 : 2) : 0
    }

    /// One of the queues.
    subscript(queue: QueueKind) -> EntryQueue {
        get {
            switch queue {
            case .small: small
            case .cold: cold
            case .main: main
            }
        }
        _modify {
            switch queue {
            case .small: yield &small
            case .cold: yield &cold
            case .main: yield &main
            }
        }
    }

    // MARK: Asking

    /// The reply to `id`: a hit. The view is valid until the next call.
    @inline(__always)
    package func find(_ id: CacheID, now: CacheTime) -> CachedReply? {
        let reference = lookup(id)
        guard reference != 0 else { return nil }
        let entry = pool.entry(reference)
        if isGone(entry, now) {
            dropGone(reference, now)
            return nil
        }
        if entry.isCompressed { return findCompressed(entry, id, now) }
        entry.noteHit(&youth)
        return CachedReply(kind: entry.kind, bytes: entry.reply)
    }

    /// Has the slot of the index fetched that a look-up will begin with. Needs no lock.
    @inline(__always)
    func prefetchSlot(hash: UInt64) { index.prefetch(EntryIndex.tag(hash)) }

    /// Has the beginning of the entry fetched that a look-up will most likely end with.
    @inline(__always)
    func prefetchEntry(hash: UInt64) {
        let reference = index.find(EntryIndex.tag(hash)) { _ in true }
        if reference != 0 { pool.entry(reference).prefetch() }
    }

    /// What the reply to `id` is; nothing takes notice.
    package func peek(_ id: CacheID, now: CacheTime) -> CachedReply.Kind? {
        let reference = lookup(id)
        guard reference != 0 else { return nil }
        let entry = pool.entry(reference)
        return isGone(entry, now) ? nil : entry.kind
    }

    /// What is left of the life of the key whose reply answers `id`, in milliseconds; nil if there is no such reply, or
    /// the key has no end.
    package func remainingLife(_ id: CacheID, now: CacheTime) -> Int? {
        let reference = lookup(id)
        guard reference != 0 else { return nil }
        let entry = pool.entry(reference)
        return entry.expiresWithKey && !isGone(entry, now) ? entry.deadline.milliseconds(since: now) : nil
    }

    /// Whether there is any reply, in any namespace, of a key with this hash.
    ///
    /// Only the lower 32 bits of the hash are looked at, here and in ``remove(hash:)``.
    package func contains(hash: UInt64) -> Bool {
        while true {
            let reference = first(EntryIndex.tag(hash))
            if reference == 0 { return false }
            if !closedSources.contains(pool.entry(reference).source) { return true }
            drop(reference)
        }
    }

    /// Whether an entry mustn't be served any more.
    @inline(__always)
    func isGone(_ entry: CacheEntry, _ now: CacheTime) -> Bool {
        now.hasReached(entry.deadline) || closedSources.contains(entry.source)
    }

    /// What is in it, and what it has done.
    package var statistics: EntryStoreStatistics {
        var statistics = counters
        statistics.bytesUsed = usesMemory ? held : 0
        return statistics
    }
}
