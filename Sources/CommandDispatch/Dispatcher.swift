import Logging
import NIOCore
import RESP
import Stats
import Upstream

/// Decides, for every command of every session on one event loop, where it is answered.
///
/// All front ends call the same dispatcher: one that speaks RESP hands commands in as they were parsed, one that speaks
/// HTTP makes them up. Replies come out of the session, in order, as RESP.
///
/// An ordinary command goes over the connection that all sessions of its identity share. A command that leaves state
/// on its connection, or may wait there, goes over one that the session has to itself until the state is gone
/// (`Dispatcher+Pinning.swift`). A command after which replies no longer match commands makes the session a tunnel
/// (`Dispatcher+Tunnel.swift`). Before a session changes connections its outstanding replies are waited for, so the
/// order of one client's commands never changes.
public final class Dispatcher {
    /// What this loop has done.
    public let counters = LoopCounters(commands: CommandTable.standard.count + 1)
    /// What all loops share.
    public let server: ServerContext
    /// The loop.
    public let context: LoopContext
    /// The upstream; nil with the embedded store.
    public let upstream: RedisUpstream?
    /// The embedded store; nil with an upstream.
    let store: EmbeddedStore?
    /// The local cache; nil with the embedded store, and when it is turned off.
    let cache: LoopCache?
    /// The same, for what is done with every command: reached without counting a reference.
    private let unmanagedCache: Unmanaged<LoopCache>?

    /// Which keys are asked for most; nil if nothing is kept.
    private let topKeys: TopKeys?

    /// Commands that the table doesn't have, as the upstream described them.
    var learned: [CommandName: UnsafePointer<CommandSpec>] = [:]
    /// A command that not even the server knows: it will most likely refuse it.
    let unknownCommand = CommandSpec("?", keys: .unknown).permanent
    /// Whom clients log in as with our own password; nil if there is none.
    let defaultUser: DefaultUser?
    /// Takes replies that nobody waits for.
    let discard = ReplyReceiver()

    private let table = CommandTable.standard
    /// The command that was looked up last: as a rule it is the next one's, too.
    private var lastSpec: UnsafePointer<CommandSpec>?

    /// The dispatcher of `context`'s loop, forwarding to the Redis of `configuration`, or serving from the store.
    public init(server: ServerContext, context: LoopContext, upstream configuration: UpstreamConfiguration?) {
        self.server = server
        self.context = context
        store = server.store
        let counters = counters
        upstream = configuration.map {
            RedisUpstream(
                configuration: $0,
                context: context,
                isReadOnly: { command in
                    CommandName(command[0]).flatMap { CommandTable.standard[$0] }?.isReadOnly ?? false
                },
                onRetry: { counters.retries.add() }
            )
        }
        defaultUser = server.requiredPassword.map {
            DefaultUser(password: $0, credentials: configuration?.url.credentials)
        }
        cache = LoopCache(server, context, counters)
        unmanagedCache = cache.map(Unmanaged.passUnretained)
        upstream?.observer = cache
        topKeys = cache?.topKeys ?? (store == nil ? nil : TopKeys())
        server.register(LoopStatistics(counters: counters, cache: cache?.counters, topKeys: topKeys))
    }

    /// A session for a client that has just come.
    ///
    /// - Parameters:
    ///   - isStateless: whether it is for requests of clients without a connection. Its front end has seen to it that
    ///     they may give commands, so that it needs no password.
    ///   - batch: how many commands with short replies its front end gives at once; nil if the client decides that.
    public func makeSession(outlet: any SessionOutlet, isStateless: Bool = false, batch: Int? = nil) -> Session {
        let window = ReplyWindow(size: batch ?? ReplyWindow.initialSize)
        let session = Session(
            id: server.nextSessionID(),
            dispatcher: self,
            outlet: outlet,
            window: window,
            isStateless: isStateless
        )
        session.shared = upstream?.shared(for: baseIdentity)
        return session
    }

    /// What a new session is to the server.
    var baseIdentity: Identity { upstream?.baseIdentity ?? Identity() }

    /// Whether a new session may give commands before it authenticates.
    var isOpenToAll: Bool { server.requiredPassword == nil }

    /// Takes the next command of `session`. The command is a view: whatever is kept of it is copied.
    @inline(__always)
    public func dispatch(_ command: Command, for session: Session) -> Disposition {
        if let store { return dispatch(command, for: session, to: store) }
        let name = CommandName(command[0])
        if session.obstacles.isEmpty, let name, let spec = ordinarySpec(name), spec.pointee.route == .forward,
            session.hasRoom, !server.clientPause.isPossible, command.frame.count <= Self.largestShared,
            let shared = session.shared.map(Unmanaged.passUnretained)
        {
            // Nothing that a command does here takes the session's shared connection away from it.
            let disposition = shared._withUnsafeGuaranteedRef { dispatchOrdinary(command, spec, session, $0) }
            if let disposition { return disposition }
        }
        return dispatchWithCare(command, name, session)
    }

    /// Answers from the cache, or forwards; nil if the shared connection has no room.
    @inline(__always)
    private func dispatchOrdinary(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ shared: SharedConnection
    ) -> Disposition? {
        guard !shared.isCongested else { return nil }
        if spec.pointee.caching != .never, let unmanagedCache,
            let disposition = unmanagedCache._withUnsafeGuaranteedRef({ $0.serve(command, spec, session, shared) })
        {
            return disposition
        }
        forward(command, spec, for: session, over: shared)
        return .taken
    }

    /// Takes the next command of `session`, and says what the local cache made of it, once it is taken.
    public func dispatchTraced(_ command: Command, for session: Session) -> (Disposition, CacheOutcome) {
        cache?.lastOutcome = .bypass
        let disposition = dispatch(command, for: session)
        return (disposition, cache?.lastOutcome ?? .bypass)
    }

    /// The command of Redis called `name`.
    @inline(__always)
    func ordinarySpec(_ name: CommandName) -> UnsafePointer<CommandSpec>? {
        if let lastSpec, lastSpec.pointee.name == name { return lastSpec }
        let spec = table.pointer(to: name)
        lastSpec = spec
        return spec
    }

    /// Serves from the store what it serves, with nothing in the way.
    private func dispatch(_ command: Command, for session: Session, to store: EmbeddedStore) -> Disposition {
        guard session.hasRoom else {
            session.deliverSoon()
            return .later
        }
        guard session.obstacles.isEmpty else { return dispatchEmbeddedWithCare(command, session, store) }
        if session.output.capacity == 0 { session.output = context.buffers.take() }
        guard
            store.execute(command, db: session.identity.db, version: session.identity.version, into: &session.output)
        else { return dispatchEmbeddedWithCare(command, session, store) }
        counters.localCommands.add()
        session.noteHit()
        session.deliverSoon()
        noteEmbedded(command)
        return .taken
    }

    /// Counts a command that the store has served.
    @inline(__always)
    private func noteEmbedded(_ command: Command) {
        guard let name = CommandName(command[0]), let spec = ordinarySpec(name) else { return }
        counters.commands.add(slot: Int(spec.pointee.index))
        if spec.pointee.caching == .string, command.count == 2 {
            topKeys?.record(command[1], hash: KeyHash.process(command[1]))
        }
    }

    /// Sends a command over the shared connection; `reply` gets the reply first, by default the session.
    @inline(__always)
    func forward(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        for session: Session,
        over shared: SharedConnection,
        reply: ReplyReceiver? = nil
    ) {
        counters.forwardedCommands.add()
        session.noteSent(command, spec)
        shared.send(command.frame, to: reply ?? session)
    }

    /// A command of a session that was sent has its whole reply.
    @inline(__always)
    func noteReply(to mark: CommandMark) {
        counters.commands.add(slot: Int(mark.command))
        guard mark.sentAt != CommandMark.untimed else { return }
        let microseconds = context.nowMicroseconds &- mark.sentAt
        counters.uncachedTimes.record(nanoseconds: Int(microseconds) * 1000)
    }

    /// A command that was sent will have no reply, but may be executed yet.
    func giveUp(_ mark: CommandMark) {
        guard mark.effect == .flush, let cache, let upstream else { return cache?.release(mark) ?? () }
        // Nobody hears of what it changes, so the cache stays shut until it can't be executed any more.
        upstream.whenAbandonedAreDead { cache.release(mark) }
    }

    /// `count` replies from the cache are about to leave.
    func noteHits(_ count: Int) {
        let read = context.now
        counters.cachedTimes.record(nanoseconds: Int((NIODeadline.now() - read).nanoseconds), count: count)
    }

    /// The command called `name`, of Redis or learned.
    func spec(_ name: CommandName?) -> UnsafePointer<CommandSpec>? {
        guard let name else { return nil }
        return table.pointer(to: name) ?? learned[name]
    }

    /// Remembers what the server said of a command. Few are ever learned, and none is forgotten.
    func learn(_ name: CommandName, _ spec: CommandSpec) {
        if learned[name] == nil { learned[name] = spec.permanent }
    }
}
