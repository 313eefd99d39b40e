import LocalCache
import Logging
import NIOCore
import RESP
import Stats
import Upstream

/// What the loops' caches have in common: the invalidation feed, and the rounds.
///
/// It lives on one loop. What the feed says goes straight to the shared ``LocalCache/ReplyCache``; only when the feed
/// comes or goes, and for the PINGs of a round, are the other loops told.
public final class CacheCoordinator: InvalidationFeedDelegate {
    private let cache: ReplyCache
    private let counters: CacheCounters
    private let context: LoopContext
    private let upstream: RedisUpstream
    private let fieldExpiry: FieldExpiry
    private let loops: [NIOLoopBound<Dispatcher>]
    private let eventLoops: [any EventLoop]
    private var feed: InvalidationFeed?
    private var isUp = false
    private var downReason: String?
    /// The round under way, and how many answers it lacks.
    private var round: (number: UInt64, unanswered: Int, begun: NIODeadline)?
    /// The news that has been asked for.
    private var awaitedNews: UInt64?
    private var room = Room()
    private var upkeep: [RepeatedTask] = []

    /// How often, and at how many entries of each shard, expired entries are looked for.
    private static let upkeepInterval = TimeAmount.milliseconds(100)
    private static let upkeepBudget = 256
    /// How often, at least, every tracked connection has to show that it is alive, and how long it may take.
    private static let heartbeat = TimeAmount.seconds(1)

    /// The coordinator on the loop of the first of `dispatchers`, all of which share one cache; nil if they have none.
    /// Called on that loop.
    public init?(_ dispatchers: [NIOLoopBound<Dispatcher>], _ eventLoops: [any EventLoop]) {
        guard let dispatcher = dispatchers.first?.value, let loopCache = dispatcher.cache,
            let upstream = dispatcher.upstream
        else { return nil }
        cache = loopCache.cache
        counters = loopCache.counters
        context = dispatcher.context
        self.upstream = upstream
        fieldExpiry = dispatcher.server.fieldExpiry
        loops = dispatchers
        self.eventLoops = eventLoops
        feed = InvalidationFeed(upstream: upstream, context: context, delegate: self)
    }

    /// Now, by the cache's clock. The loops' clocks stand still while there is nothing to do.
    private static var now: CacheTime {
        CacheTime(milliseconds: Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000))
    }

    /// Connects the feed.
    public func start() {
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        cache.rounds.onWanted { eventLoop.execute { bound.value.startRound() } }
        cache.news.onWanted { eventLoop.execute { bound.value.askForNews() } }
        let interval = Self.upkeepInterval
        upkeep = [
            eventLoop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [cache] _ in
                cache.sweep(now: Self.now, budget: Self.upkeepBudget)
            },
            eventLoop.scheduleRepeatedTask(initialDelay: Self.heartbeat, delay: Self.heartbeat) { _ in
                bound.value.reviewAdmission()
                bound.value.beat()
                bound.value.askForFieldExpiry()
            },
        ]
        feed?.start()
    }

    /// Disconnects it for good.
    public func shutDown() {
        for task in upkeep { task.cancel() }
        feed?.shutDown()
        feed = nil
    }

    // MARK: InvalidationFeedDelegate

    /// Opens the gate, and lets every loop have its connections tracked.
    public func feedIsUp(id: Int, server: ServerInfo?) {
        isUp = true
        downReason = nil
        fieldExpiry.serverChanged(expiresFields: server?.expiresFields)
        askForFieldExpiry()
        let epoch = cache.open()
        context.logger.info("the invalidation feed is up: replies are cached")
        tellLoops(LoopCache.Feed(id: id, serverID: server?.id, epoch: epoch))
        // The round that was under way when the last feed was lost will never be settled, but somebody may wait for it.
        startRound()
        askForNews()
    }

    /// Closes the gate, and drops everything.
    public func feedIsDown(_ reason: String) {
        if isUp { counters.flushes.add(.feedLost) }
        isUp = false
        round = nil
        awaitedNews = nil
        cache.close()
        if downReason != reason {
            context.logger.warning("nothing is cached until the invalidation feed is up: \(reason)")
        }
        downReason = reason
        tellLoops(nil, reason)
    }

    /// The key has changed.
    public func feedInvalidated(_ key: UnsafeRawBufferPointer) {
        counters.invalidations.add()
        cache.purge(KeyHash.process(key))
    }

    /// Anything may have changed.
    public func feedInvalidatedEverything() {
        counters.flushes.add(.serverFlush)
        cache.flush()
    }

    /// The feed has said all that it had to say when it was asked.
    public func feedAnswered(_ ping: FeedPing) {
        switch ping {
        case .heartbeat: break
        case .round(let number): answered(number)
        case .news(let number): newsIsIn(number)
        }
    }

    private func askForFieldExpiry() {
        guard isUp, fieldExpiry.isCounted else { return }
        upstream.shared(for: upstream.baseIdentity).send(FieldExpiry.question, to: FieldExpiryReply(fieldExpiry))
    }

    private func tellLoops(_ feed: LoopCache.Feed?, _ failure: String? = nil) {
        onEachLoop { $0.feedChanged(to: feed, failure, $1) }
    }

    /// Has `body` done on every loop, with what the loop has of the cache and of Redis.
    private func onEachLoop(_ body: @escaping @Sendable (LoopCache, RedisUpstream) -> Void) {
        for (eventLoop, dispatcher) in zip(eventLoops, loops) {
            eventLoop.execute {
                let dispatcher = dispatcher.value
                guard let cache = dispatcher.cache, let upstream = dispatcher.upstream else { return }
                body(cache, upstream)
            }
        }
    }

    // MARK: Rounds

    /// Begins a round, unless one is under way or the feed is down: when it is up again, or that one is settled, the
    /// wish is still there.
    private func startRound() {
        guard isUp, round == nil, let feed else { return }
        let number = cache.rounds.start()
        round = (number, loops.count + 1, .now())
        feed.send(.round(number))
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let own = context.eventLoop
        onEachLoop { cache, upstream in
            cache.pingTracked(upstream) { own.execute { bound.value.answered(number) } }
        }
    }

    /// Asks for the news that replies are held for, unless it has been asked for or the feed is down: when it is up
    /// again, or that is in, the wish is still there.
    private func askForNews() {
        guard isUp, awaitedNews == nil, let feed else { return }
        let number = cache.news.start()
        awaitedNews = number
        feed.send(.news(number))
    }

    private func newsIsIn(_ number: UInt64) {
        guard number == awaitedNews else { return }
        awaitedNews = nil
        cache.news.settle(number)
        onEachLoop { cache, _ in cache.deliverHeld() }
        if cache.news.isNextWanted { askForNews() }
    }

    private func reviewAdmission() {
        room.note(cache.statistics)
        let (entries, now) = (room.entries, Self.now)
        // All of it for each: as a rule the threads' clients ask for the same keys.
        onEachLoop { cache, _ in cache.admission.review(room: entries, now: now) }
    }

    /// Begins a round if none is under way. A connection whose server is gone without a word is found out that way,
    /// though nobody may send anything over it, because everything is a hit.
    private func beat() {
        guard let round else { return startRound() }
        guard NIODeadline.now() - round.begun > Self.heartbeat else { return }
        onEachLoop { cache, _ in cache.dropUnanswering() }
    }

    private func answered(_ number: UInt64) {
        guard var current = round, current.number == number else { return }
        current.unanswered -= 1
        round = current.unanswered > 0 ? current : nil
        guard round == nil else { return }
        cache.rounds.settle(number)
        onEachLoop { cache, _ in cache.wakeWaiting(all: false) }
        if cache.rounds.isNextWanted { startRound() }
    }
}
