import LocalCache
import Logging
import NIOCore
import RESP
import Stats
import Upstream

/// # Tracking
///
/// A shared connection's reads may be kept only while the server tracks them and tells the feed. So a connection that
/// has just been taken, and every one when a new feed is up, says `CLIENT TRACKING ON REDIRECT` with the feed's id, and
/// gets leases from the OK on, if the server is the feed's: behind one name there may be several, and the feed's id is
/// that of somebody else on another. With OPTIN the server tracks what is behind a `CLIENT CACHING YES` only, which a
/// fill says: tracking costs it more than the read, and it has room for a million keys by default; beyond that each new
/// one has another invalidated. NOLOOP is never said: the server would then forget a key when we write it ourselves and
/// tell nobody of the next write. A server or a user that may not track is passed through uncached, unless whoever runs
/// us has said for how long it may be wrong.
extension LoopCache: SharedConnectionObserver {
    func sharedConnectionMade(_ connection: SharedConnection) {
        connection.cacheNamespace = namespaces.hold(connection.identity) { flush(.namespacesReused) }
    }

    func sharedConnectionRemoved(_ connection: SharedConnection) {
        if connection.cacheNamespace != 0 { namespaces.release(connection.identity) }
    }

    func sharedConnectionReady(_ connection: SharedConnection) { track(connection) }

    func sharedConnectionClosed(_ connection: SharedConnection) {
        guard connection.trackingSource != 0 else { return }
        cache.closeSource(connection.trackingSource)
        connection.trackingSource = 0
        counters.flushes.add(.connectionLost)
    }

    /// There is a new feed, or none any more.
    func feedChanged(to feed: Feed?, _ failure: String?, _ upstream: RedisUpstream) {
        self.feed = feed
        feedFailure = failure
        for connection in upstream.sharedConnections {
            connection.trackingSource = 0
            track(connection)
        }
        guard feed == nil else { return }
        wakeWaiting(all: true)
        deliverHeld()
    }

    private func track(_ connection: SharedConnection) {
        guard let feed, connection.isReady else { return }
        // A server that hangs doesn't say who it is, but did so before.
        if let id = connection.serverID, let other = feed.serverID, id != other { connection.lookForPrimary() }
        let source = cache.makeSource(feed.epoch)
        guard source != 0 else { return }
        let reply = TrackingReply(self, connection, source: source)
        connection.send(ServerInfo.question, to: TextReceiver { reply.serverID = $0.flatMap { ServerInfo($0).id } })
        connection.send(["CLIENT", "TRACKING", "ON", "REDIRECT", String(feed.id), "OPTIN"], to: reply)
    }

    /// The server has answered a connection's wish to be tracked.
    func trackingAnswered(_ connection: SharedConnection, source: UInt32, serverID: String? = nil, refusal: String?) {
        if connection.trackingSource != 0, connection.trackingSource != source {
            cache.closeSource(connection.trackingSource)
            connection.trackingSource = 0
        }
        if let serverID { connection.serverID = serverID }
        // What is kept untracked needs no feed.
        let isKeptUntracked = untrackedLife > 0 && refusal.map(Self.isFinal) ?? false
        if !isKeptUntracked, let serverID, let other = feed?.serverID, serverID != other {
            connection.lookForPrimary()
            return trackLater(
                connection,
                because: "the invalidation feed has reached another server behind the same name"
            )
        }
        guard let refusal else {
            connection.trackingSource = source
            connection.trackingRefusal = nil
            return
        }
        guard Self.isFinal(refusal) else { return trackLater(connection, because: refusal) }
        if connection.trackingRefusal == nil {
            let consequence =
                untrackedLife > 0
                ? "what is cached for this user is kept for \(untrackedLife) ms, changed or not"
                : "nothing is cached for this user"
            context.logger.warning("Redis refuses to track what is read, so \(consequence): \(refusal)")
        }
        connection.trackingRefusal = TrackingRefusal(of: Self.trackingCommand, because: refusal)
        if untrackedLife > 0 { connection.trackingSource = source } else { askAgainLater(connection) }
    }

    /// Rights may be given to a user who lacked them: looks from time to time whether he has all that it takes, before
    /// anything is kept on trial and the health turns good for a moment.
    private func askAgainLater(_ connection: SharedConnection) {
        guard askedAgain.insert(ObjectIdentifier(connection)).inserted else { return }
        let bound = NIOLoopBound((self, connection), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.patienceWithRefusal) {
            let (cache, connection) = bound.value
            cache.askedAgain.remove(ObjectIdentifier(connection))
            if connection.trackingRefusal != nil, connection.isReady { cache.askForRights(connection) }
        }
    }

    private func askForRights(_ connection: SharedConnection) {
        var isRefused = false
        connection.send(
            ["CLIENT", "CACHING", "YES"],
            // That it isn't tracked is no refusal.
            to: RightReply { isRefused = $0.map { Self.isAbout("client", $0) } ?? false }
        )
        connection.send(
            ["PTTL", ""],
            to: RightReply { [self] error in
                if isRefused || error.map({ Self.isAbout("pttl", $0) }) ?? false {
                    askAgainLater(connection)
                } else {
                    track(connection)
                }
            }
        )
    }

    private static let patienceWithRefusal = TimeAmount.seconds(5)

    /// Whether the server will say the same next time. That it doesn't know the feed's id passes: the feed is just
    /// going.
    private static func isFinal(_ refusal: String) -> Bool {
        refusal.isLastingError && !(refusal.hasPrefix("ERR ") && refusal.contains("does not exist"))
    }

    private func trackLater(_ connection: SharedConnection, because reason: String) {
        let refusal = TrackingRefusal(of: Self.trackingCommand, because: reason)
        if connection.trackingRefusal != refusal {
            context.logger.warning("nothing is cached for now of what a connection reads: \(reason)")
        }
        connection.trackingRefusal = refusal
        let bound = NIOLoopBound((self, connection), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: Self.patience) {
            let (cache, connection) = bound.value
            if connection.trackingSource == 0 { cache.track(connection) }
        }
    }

    /// How long to wait before a server that couldn't track is asked again.
    private static let patience = TimeAmount.seconds(1)

    /// The server doesn't track what was to be kept: nothing that came over the connection is worth anything.
    func cachingRefused(_ connection: SharedConnection, _ refusal: String) {
        guard connection.trackingSource != 0 else { return }
        sharedConnectionClosed(connection)
        trackingAnswered(connection, source: 0, refusal: refusal)
    }

    /// The server doesn't say how long a key has to live. If it never will, to this user, nothing that comes over the
    /// connection can be kept, and to ask it for that would be in vain.
    func timeToLiveRefused(_ connection: SharedConnection, _ refusal: String) {
        guard connection.trackingSource != 0, Self.isAbout("pttl", refusal) else { return }
        sharedConnectionClosed(connection)
        connection.trackingRefusal = TrackingRefusal(of: "PTTL", because: refusal)
        context.logger.warning(
            "Redis refuses PTTL, without which nothing can be kept, so nothing is cached for this user: \(refusal)"
        )
        askAgainLater(connection)
    }

    /// Whether it is `command` that is refused, and not a key. (Before 7.0 Redis didn't name subcommands.)
    private static func isAbout(_ command: String, _ refusal: String) -> Bool {
        refusal.hasPrefix("ERR unknown ") || (refusal.hasPrefix("NOPERM ") && refusal.contains("'\(command)"))
    }

    private static let trackingCommand = "CLIENT TRACKING"

    /// Asks the server over every tracked connection whether it is still there; `done` is called when all have
    /// answered.
    func pingTracked(_ upstream: RedisUpstream, done: @escaping () -> Void) {
        let tracked = upstream.sharedConnections.filter { $0.trackingSource != 0 }
        guard !tracked.isEmpty else { return done() }
        var unanswered = tracked.count
        awaitedPings = tracked.map { connection in
            RoundReply(connection) {
                unanswered -= 1
                if unanswered == 0 { done() }
            }
        }
        for ping in awaitedPings { ping.connection.send(["PING"], to: ping) }
    }

    /// Some connections haven't answered their PINGs for too long. They may be dead, and then the server has forgotten
    /// what it tracked for them; or busy, and then they will be tracked anew.
    func dropUnanswering() {
        for ping in awaitedPings where !ping.isDone {
            if ping.connection.trackingSource == ping.source {
                sharedConnectionClosed(ping.connection)
                track(ping.connection)
            }
            ping.finish()
        }
    }
}
