import LocalCache
import Logging
import NIOCore
import RESP
import Stats
import Upstream

/// The cache as one event loop uses it: asks it, fills it, and follows what becomes of the loop's connections.
///
/// What may be served when is ``LocalCache/ReplyCache``'s to decide; here commands become questions
/// (`LoopCache+Reading.swift`), misses become fills (``Fill``, ``PartialMGet``), and connections get the tracking
/// without which nothing that comes over them may be kept (`LoopCache+Tracking.swift`).
final class LoopCache {
    let cache: ReplyCache
    /// The same, for hits: reached without counting a reference.
    let unmanagedCache: Unmanaged<ReplyCache>
    let counters = CacheCounters()
    let topKeys = TopKeys()
    /// What the loop counts of all commands.
    let loopCounters: LoopCounters
    let context: LoopContext
    /// The hash of keys: read once here, for it is asked for with every command.
    let hash = KeyHash.process
    /// No entry lives longer, in milliseconds.
    let longestLife: Int64
    /// Nor, in milliseconds, one that Redis refuses to track; 0 if it isn't kept at all.
    let untrackedLife: Int64
    /// Replies beyond this many bytes aren't kept.
    let largestEntry: Int

    /// The feed that invalidations go to; nil while there is none.
    var feed: Feed?
    /// Why there is none, if there ever was an attempt.
    var feedFailure: String?
    var admission: Admission
    /// Fills on their way, by what they ask.
    var flights: [PreHashed: FillReceiver] = [:]
    /// What was asked for that was too large to be kept: who can't pass it on as it comes had better not wait for
    /// another's.
    private(set) var largeFlights: Set<PreHashed> = []
    private static let mostLargeFlights = 1024
    /// How many ever began.
    var fillsBegun = 0
    /// Fills that are over.
    var idleFills: [Fill] = []
    /// Connections that Redis refuses to track, and that will be asked about again.
    var askedAgain: Set<ObjectIdentifier> = []
    /// Sessions whose next command waits for a round.
    var waiting: [Session] = []
    /// Sessions with replies that are held until news is in.
    private var held: [Session] = []
    /// The PINGs of the round under way, or of the last one.
    var awaitedPings: [RoundReply] = []
    /// Room to put questions, PTTLs, and the strings that an MGET found together in.
    var question = [UInt8]()
    var scratch = ByteBuffer()
    var strings = ByteBuffer()
    /// What became of the command that was dispatched last, if it was one for the cache.
    var lastOutcome = CacheOutcome.bypass
    /// Which arguments of an MGET weren't found, their hashes, and whether their strings are worth keeping.
    var missing: [(index: Int, hash: UInt64, isAdmitted: Bool)] = []

    let namespaces: Namespaces
    private let fieldExpiry: FieldExpiry

    /// The client id of the feed and the server that it means something to, and the cache's epoch in which the feed is
    /// heard.
    struct Feed {
        let id: Int
        let serverID: String?
        let epoch: UInt64
    }

    /// Nil if the server has no cache.
    init?(_ server: ServerContext, _ context: LoopContext, _ loopCounters: LoopCounters) {
        guard let cache = server.cache, let configuration = server.cacheConfiguration else { return nil }
        self.cache = cache
        unmanagedCache = .passUnretained(cache)
        self.loopCounters = loopCounters
        self.context = context
        admission = Admission(now: CacheTime(milliseconds: context.nowMilliseconds))
        namespaces = server.namespaces
        fieldExpiry = server.fieldExpiry
        longestLife = configuration.longestLife.nanoseconds / 1_000_000
        untrackedLife = (configuration.untrackedLife?.nanoseconds ?? 0) / 1_000_000
        largestEntry = configuration.store.largestEntry
        question.reserveCapacity(Self.longestQuestion)
        // Hits wait until all that was said meanwhile is heard.
        context.onStandstill = { cache.doubtEverything() }
    }

    /// So many fills that are over are kept, some 300 bytes each and what their replies took.
    static let mostIdleFills = 256

    /// Arguments beyond this many bytes, in all, aren't worth a look-up.
    static let longestQuestion = 1024

    /// The cache's clock.
    @inline(__always)
    var now: CacheTime { CacheTime(milliseconds: context.nowMilliseconds) }

    /// How long what comes over the connection may be kept, in milliseconds.
    func longestLife(over connection: SharedConnection) -> Int64 {
        connection.trackingRefusal == nil ? longestLife : min(longestLife, untrackedLife)
    }

    /// Whether fields of hashes may expire by themselves, so that nothing is kept that is read from all of a hash.
    @inline(__always)
    var mayFieldsExpire: Bool { fieldExpiry.isPossible(at: context.now) }

    /// Whether it is to be asked how long the fields live that a command names.
    var asksForFields: Bool { fieldExpiry.isAsked(at: context.now) }

    /// Lets a buffer of the loop go that an unusual command has made large.
    static func letGoIfLarge(_ buffer: inout ByteBuffer) {
        if buffer.capacity > BufferPool.largestKept { buffer = ByteBuffer() }
    }

    // MARK: Releasing

    /// Brings near what will be looked at first when the key is released.
    @inline(__always)
    func prefetch(_ key: UInt64) { unmanagedCache._withUnsafeGuaranteedRef { $0.prefetch(key) } }

    /// What has to happen before the reply of a command that nobody stores leaves.
    func release(_ mark: CommandMark) {
        switch mark.effect {
        case .none, .fill, .news: break
        case .read: _ = cache.releaseRead(mark.hash, lease: 0)
        case .write: cache.purge(mark.hash)
        case .anyKey: cache.doubtEverything()
        case .flush: resume(1, FlushReason(rawValue: Int(mark.hash)) ?? .flushCommand)
        }
    }

    /// What this flight has brought is too large to be kept.
    func noteLarge(_ flight: UInt64) {
        if largeFlights.count == Self.mostLargeFlights { largeFlights.removeAll(keepingCapacity: true) }
        largeFlights.insert(PreHashed(flight))
    }

    /// `count` commands are about to be sent that change keys and tell nobody: see
    /// ``LocalCache/ReplyCache/suspend(_:)``.
    func suspend(_ count: Int) { cache.suspend(count) }

    /// As many of them are done.
    func resume(_ count: Int, _ reason: FlushReason) {
        flush(reason)
        cache.resume(count)
    }

    /// Drops everything.
    func flush(_ reason: FlushReason) {
        counters.flushes.add(reason)
        cache.flush()
    }

    // MARK: Waiting

    /// The session's command can't be answered before `round` is settled.
    func wait(_ session: Session, for round: UInt64) {
        if session.awaitedRound == 0 {
            counters.waits.add()
            session.awaitedRound = round
        }
        guard !session.isAwaitingRound else { return }
        session.isAwaitingRound = true
        waiting.append(session)
    }

    /// The news that is in. Where nothing can be served that isn't current, none has to be waited for.
    var settledNews: UInt64 { feed == nil ? .max : cache.news.settled }

    /// Has the session deliver its replies again when more news is in.
    func hold(_ session: Session) {
        guard !session.isHeld else { return }
        session.isHeld = true
        held.append(session)
    }

    /// News is in, or none has to be waited for any more.
    func deliverHeld() {
        guard !held.isEmpty else { return }
        var sessions: [Session] = []
        swap(&sessions, &held)
        for session in sessions {
            session.isHeld = false
            session.deliverSoon()
        }
    }

    /// Lets those go on whose round is settled, or who wait for one that never will be, since the cache is closed.
    func wakeWaiting(all: Bool) {
        guard !waiting.isEmpty else { return }
        let settled = cache.rounds.settled
        var left: [Session] = []
        swap(&left, &waiting)
        for session in left {
            guard all || session.awaitedRound <= settled else {
                waiting.append(session)
                continue
            }
            session.isAwaitingRound = false
            session.wake()
        }
    }
}
