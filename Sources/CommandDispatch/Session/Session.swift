import NIOCore
import RESP
import Stats
import Upstream

/// One client: a RESP connection, or an HTTP request.
///
/// A session's replies leave in the order of its commands, wherever they come from. Commands that go upstream are
/// outstanding on one connection at a time, and come back in order; a reply made here while others are outstanding
/// waits behind them.
public final class Session: ReplyReceiver {
    /// A number that no other session of the process has.
    public let id: Int
    /// What the session is to the server.
    public internal(set) var identity: Identity
    /// Whether it is for requests of clients without a connection, which leave nothing behind.
    let isStateless: Bool
    /// The name that the client gave itself.
    var clientName: [UInt8] = []
    /// Whether its own connection is being told the name.
    var isRenaming = false
    /// The upstream connection that it shares; nil with the embedded store.
    var shared: SharedConnection? {
        didSet {
            guard shared !== oldValue else { return }
            shared?.sessions += 1
            oldValue?.sessions -= 1
        }
    }
    /// The upstream connection that it has to itself, if it has one.
    var pinned: UpstreamConnection?
    /// One that waits for the session alone to pin it again, since the client knows its id.
    var reserved: UpstreamConnection?
    /// What takes the server's bytes while the session is a tunnel.
    var tunnel: Tunnel?
    /// What it has left on ``pinned``.
    var connectionState = ConnectionState()
    /// What is in the way of the next command.
    var obstacles: Obstacles
    /// Replies that are ready to leave.
    var output = ByteBuffer()
    /// Which of them are held until news is in.
    var holds = OutputHolds()
    /// Whether the cache will say when one is.
    var isHeld = false
    /// A command was put off until something changes. The front end sets it; ``SessionOutlet/resume()`` follows.
    public var isSuspended = false
    /// What came of the last question about a command that nobody knew.
    var lesson: Lesson?
    /// The round that its next command has to wait for, or has waited for; 0 for none.
    var awaitedRound: UInt64 = 0
    /// Whether it will be woken when that round is settled.
    var isAwaitingRound = false

    let dispatcher: Dispatcher
    /// Until ``end()``, which breaks the cycle: a weak reference would make every use of either of the two slower.
    private(set) var outlet: (any SessionOutlet)?
    var commands = OutstandingCommands()
    private var late: LateReplies
    var hits = 0
    let delivery = SessionDelivery()
    var resumedInTurn = 0
    /// How many fills had begun on the loop when its last command was sent; or the number of the one that it has joined
    /// since.
    private var lastFill = 0
    private var window: ReplyWindow
    private(set) var isEnded = false
    /// The client gets nothing more: its connection is about to be closed.
    private(set) var isCutOff = false
    /// Redis has been told that the session's own connection ends, so it is no failure that it does.
    private(set) var hasFinished = false

    /// How many bytes of others' replies may wait for their turn before the client is cut off: what leaves in one turn
    /// has to fit into one buffer.
    private static let lateLimit = 1 << 30
    /// How many bytes of replies may be ready before the session's next command waits.
    static let outputLimit = 1 << 20

    init(id: Int, dispatcher: Dispatcher, outlet: any SessionOutlet, window: ReplyWindow, isStateless: Bool) {
        self.window = window
        self.isStateless = isStateless
        self.id = id
        self.dispatcher = dispatcher
        self.outlet = outlet
        identity = dispatcher.baseIdentity
        obstacles = isStateless || dispatcher.isOpenToAll ? [] : .unauthenticated
        late = LateReplies(pool: dispatcher.context.buffers)
        super.init()
        delivery.session = self
    }

    // MARK: For the front end

    /// Whether what the next command means depends on a reply that isn't in yet.
    public var isAwaitingReply: Bool { obstacles.contains(.awaitingReply) }
    /// Whether we have let the client in.
    var isAuthenticated: Bool { !obstacles.contains(.unauthenticated) }
    /// Whether the client may send commands of any size, and leave as much waiting as others may: Redis has let it in,
    /// too.
    public var isTrusted: Bool {
        isAuthenticated && (identity.credentials != nil || dispatcher.upstream?.lacksPassword != true)
    }
    /// Whether nothing is under way: the session can end without anybody missing a reply.
    public var isIdle: Bool {
        outstanding == 0 && output.readableBytes == 0 && !obstacles.contains(.awaitingReply)
    }
    /// Whether the session has become a tunnel, which is never at an end by itself.
    public var isTunnel: Bool { obstacles.contains(.tunnel) }

    /// The client can take more, or can't.
    public func writabilityChanged(_ isWritable: Bool) {
        pinned?.holdReads(!isWritable)
        if isWritable {
            obstacles.remove(.unwritable)
            wake()
        } else {
            obstacles.insert(.unwritable)
        }
    }

    /// The client sends nothing more, and every command that it has sent is on its way. What Redis answers a client
    /// that has ended its input, it still gets: so where an answer may never come, as with a blocking command and in a
    /// tunnel, Redis is told, and ends the connection as it would the client's own.
    public func inputEnded() {
        tunnel?.inputEnded()
        if let pinned, isTunnel || pinned.slowCommands > 0 {
            pinned.finishSending()
            hasFinished = true
        }
        if !isTunnel { closeAfterReplies() }
    }

    /// The client sends nothing more, and some of what it has sent waits for its turn. If it waits for a command that
    /// is blocked, Redis is told: it ends such a client at once, or the command might take an element for nobody. It is
    /// blocked if Redis answers others meanwhile.
    public func inputEndedEarly() { finishIfBlocked(turns: Self.turnsOfBlocked) }

    private func finishIfBlocked(turns: Int) {
        guard let connection = pinned, connection.slowCommands > 0, !isTunnel, let shared else { return }
        let answered = commands.answered
        let turn = ServerTurn { [weak self] in
            guard let self, isSuspended, pinned === connection, commands.answered == answered,
                !commands.replyHasBegun
            else { return }
            // What hasn't left yet can't be blocked.
            guard connection.isReady else { return finishIfBlocked(turns: Self.turnsOfBlocked) }
            turns == 1 ? inputEnded() : finishIfBlocked(turns: turns - 1)
        }
        shared.send(["PING"], to: turn)
    }

    /// So many others are answered before: what comes over two connections may be read, and answered, in either order.
    private static let turnsOfBlocked = 3

    /// The client is gone. Replies that are still to come are dropped.
    public func end() {
        guard !isEnded else { return }
        isEnded = true
        obstacles.insert(.closing)
        // A connection on which something is outstanding is closed: a blocked pop must not swallow an element.
        unpin(reusable: outstanding == 0 && connectionState.isClean && !isTunnel)
        shared = nil
        outlet = nil
        delivery.session = nil
    }

    // MARK: Replies made here

    /// Answers the command at hand: at once, or in its turn.
    func reply(_ write: (inout ByteBuffer) -> Void) {
        dispatcher.counters.localCommands.add()
        _ = answer {
            write(&$0)
            return true
        }
    }

    /// Answers the command at hand if `write` does: at once, or in its turn.
    @inline(__always)
    func answer(_ write: (inout ByteBuffer) -> Bool) -> Bool {
        if outstanding == 0 {
            if output.capacity == 0 { output = dispatcher.context.buffers.take() }
            guard write(&output) else { return false }
        } else {
            guard late.add(behind: commands.sent, write) else { return false }
            beginsNewRun = true
        }
        awaitedRound = 0
        deliverSoon()
        return true
    }

    /// One of the replies that were made here came from the cache.
    @inline(__always)
    func noteHit() { hits &+= 1 }

    /// Whether everything that is outstanding was sent before the fill with this number: then it will be answered by
    /// the time that the fill's reply comes, which can be passed on as it does.
    func precedes(_ fill: Int) -> Bool { outstanding == 0 || lastFill < fill }

    /// Answers a command that reads `keys` with the reply that the fill with this number will bring: the ticket for
    /// ``receiveAwaited(_:_:isWhole:)``.
    func awaitReply(to spec: UnsafePointer<CommandSpec>, on keys: some Collection<UInt64>, ofFill fill: Int) -> Int {
        awaitedRound = 0
        lastFill = fill
        beginsNewRun = true
        let command = commands.join(keys, spec, at: dispatcher.context.nowMicroseconds)
        return late.await(command, behind: commands.sent)
    }

    /// Passes on what has come of the reply that is awaited with `ticket`.
    func receiveAwaited(_ ticket: Int, _ bytes: UnsafeRawBufferPointer, isWhole: Bool) {
        guard !isEnded, !isCutOff else { return }
        guard late.bytes < Self.lateLimit else { return cutOff() }
        late.append(to: ticket) { $0.writeBytes(bytes) }
        if isWhole, let command = late.finish(ticket) { dispatcher.noteReply(to: command) }
        afterReplies()
    }

    /// The reply that is awaited with `ticket` won't come, or not all of it.
    func failAwaited(_ ticket: Int, _ failure: UpstreamFailure, afterPartOfReply: Bool) {
        dispatcher.counters.failedCommands.add()
        guard !isEnded, !isCutOff else { return }
        guard !afterPartOfReply else { return cutOff() }
        late.append(to: ticket) { $0.writeError(failure.message) }
        _ = late.finish(ticket)
        afterReplies()
    }

    /// Answers a command that can't be sent.
    func replyFailure(_ failure: UpstreamFailure) {
        dispatcher.counters.failedCommands.add()
        _ = answer {
            $0.writeError(failure.message)
            return true
        }
    }

    /// Answers with an error, `-text`.
    public func replyError(_ text: String) { reply { $0.writeError(text) } }

    /// Hands over what MULTI began, and knows no more of it.
    func takeTransaction() -> Transaction { commands.takeTransaction() }

    /// Ends the session once every reply is out.
    public func closeAfterReplies() {
        obstacles.insert(.closing)
        deliverSoon()
    }

    /// Ends the session here and now: replies that aren't out are dropped.
    func closeAtOnce() {
        obstacles.insert(.closing)
        isCutOff = true
        output.clear()
        holds = OutputHolds()
        // Not at once: whoever parses the client's input is at work on it.
        deliverSoon()
    }

    // MARK: Commands sent upstream

    /// How many commands have no reply yet.
    @inline(__always)
    var outstanding: Int { commands.count &+ late.awaited }

    /// Whether the command would have the cache flushed.
    func flushes(_ command: Command, _ spec: CommandSpec) -> Bool { commands.flushes(command, spec) }

    /// Whether as many keys can be searched for among what has no reply yet without its taking long.
    func canSearch(times: Int) -> Bool { commands.canSearch(times: times) }

    /// Whether a command that names the key has no reply yet.
    @inline(__always)
    func hasOutstanding(on key: UInt64) -> Bool {
        commands.keys.mayContain(key) && (commands.hasAny(on: key) || late.isAwaiting(key))
    }

    /// Whether a command that may write the key has no reply yet.
    @inline(__always)
    func hasOutstandingWrite(on key: UInt64) -> Bool { commands.keys.mayWrite(key) && commands.hasWrite(on: key) }

    /// Whether one more command may be sent.
    @inline(__always)
    var hasRoom: Bool { outstanding < window.size && output.readableBytes + late.bytes < Self.outputLimit }

    /// One more command is outstanding. How long its reply takes is counted if it `isTimed`.
    @inline(__always)
    func noteSent(_ command: Command, _ spec: UnsafePointer<CommandSpec>, isTimed: Bool = true) {
        awaitedRound = 0
        let time = isTimed ? dispatcher.context.nowMicroseconds : CommandMark.untimed
        if let cache = dispatcher.cache {
            lastFill = cache.fillsBegun
            let flushes = commands.add(command, spec, cache.hash, at: time)
            if flushes > 0 { shut(cache, flushes) }
        } else {
            commands.add(spec, at: time)
        }
    }

    /// So many commands are about to be sent that the cache must be shut for. That is rare, and kept out of every
    /// command's way.
    @inline(never)
    private func shut(_ cache: LoopCache, _ count: Int) {
        cache.suspend(count)
        if let pinned { pinned.expectUnseenChanges() } else { shared?.expectUnseenChanges() }
    }

    /// One more command is outstanding, which reads `keys` for the cache; and the cache takes its reply.
    func noteSentFill(of keys: some Sequence<UInt64>, _ spec: UnsafePointer<CommandSpec>) {
        awaitedRound = 0
        lastFill = dispatcher.cache?.fillsBegun ?? 0
        commands.addFill(of: keys, spec, at: dispatcher.context.nowMicroseconds)
    }

    @inline(__always)
    func noteReplies(
        _ replies: Int,
        goesOn: Bool,
        _ bytes: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
        failed: Bool = false
    ) {
        let dispatcher = dispatcher
        commands.takeReplies(replies, goesOn: goesOn) {
            dispatcher.cache?.prefetch($0)
        } release: {
            if failed { dispatcher.giveUp($0) } else if $0.effect != .none { release($0, bytes, count: $1) }
        } answered: {
            // How long it took to find that there is nobody to answer says nothing of how long answers take.
            if !failed { dispatcher.noteReply(to: $0) }
        }
    }

    public override var isForClient: Bool { true }

    /// Brings near what has to be looked at when the next replies are here.
    public override func prepare() {
        if let cache = dispatcher.cache { commands.forEachNextKey { cache.prefetch($0) } }
    }

    /// Passes replies on.
    public override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        noteReplies(replies, goesOn: goesOn, bytes)
        guard !isEnded, !isCutOff else { return }
        window.received(bytes.count, replies: replies)
        if output.capacity == 0 { output = dispatcher.context.buffers.take() }
        output.writeBytes(bytes)
        afterReplies()
    }

    /// Turns a failure into an error reply per command.
    public override func fail(_ failure: UpstreamFailure, commands: Int, afterPartOfReply: Bool) {
        dispatcher.counters.failedCommands.add(commands)
        noteReplies(commands, goesOn: false, failed: true)
        guard !isEnded, !isCutOff else { return }
        guard !hasFinished else { return deliverSoon() }
        guard !afterPartOfReply else { return cutOff() }
        for _ in 0..<commands { output.writeError(failure.message) }
        afterReplies()
    }

    /// Half a reply is out and can't be taken back: only the end of the connection tells the client the truth.
    private func cutOff() {
        obstacles.insert(.closing)
        isCutOff = true
        deliverSoon()
    }

    /// The upstream connection has room again.
    public override func upstreamDrained() { wake() }

    @inline(__always)
    private func afterReplies() {
        if !late.isEmpty {
            if output.capacity == 0 { output = dispatcher.context.buffers.take() }
            late.release(answered: commands.answered, to: &output)
        }
        if outstanding == 0 {
            commands.forgetKeys()
            late.rest()
            if pinned != nil, connectionState.isClean, !isTunnel { unpinClean() }
        }
        deliverSoon()
    }
}
