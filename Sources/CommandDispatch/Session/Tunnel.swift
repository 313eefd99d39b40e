import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

/// What the server sends through a session that is a tunnel.
///
/// A tunnel that was only for subscriptions ends with the first other command when there are none left: the connection
/// with it, so that nobody gets to hear what might be said on it yet. (Not with the last subscription: some clients
/// subscribe and unsubscribe all the time, and do nothing else.)
///
/// Any other ends with RESET. Which reply is RESET's can't be told by counting (``TunnelledCommands``), nor by what it
/// says, since a script may say the same, and behind CLIENT REPLY SKIP there is none. So a command follows it that no
/// server knows, which is refused by name: also to a client that is yet to authenticate, and without anybody's hearing
/// of it. When that error comes, which nobody else gets to see, RESET has been executed, unless the last that was said
/// of it is an error. (If it can't be executed, and CLIENT REPLY is off, nothing comes: the client, which is told
/// nothing either way, waits until it gives up.)
final class Tunnel: ReplyReceiver {
    /// Whether replies can be told apart at all.
    let isFramed: Bool
    /// Whether the cache is shut because of a command that flushes it.
    private var isSuspending = false

    private let session: Session
    /// Nil if there is none.
    private let cache: LoopCache?
    /// The beginning of the frame that is coming.
    private var beginning: [UInt8] = []
    /// The end of what has come of it, if it comes in parts.
    private var ending: [UInt8] = []
    private var isReleased = false
    private var commands = TunnelledCommands()
    private var transaction: Transaction
    /// The last command that may show or change keys, by its number.
    private var lastOnKeys = 0
    /// The last command that flushes, by its number, while it may be without a reply.
    private var lastFlush: Int?
    /// Looks after a flush that isn't answered yet.
    private var watch: Scheduled<Void>?
    /// How many flushes are answered: an answer to what was asked before then isn't about those that came after.
    private var flushesEnded = 0
    private var isMonitored = false
    /// Whether all that was sent are subscriptions (but to channels of shards, which may end unasked), and commands
    /// that concern keys.
    private var isForSubscriptions = true
    /// Whether a reply may be another command's than it seems to be.
    private var isUncertain = false
    /// Whether there may be commands that never get a reply.
    private var mayBeSilent = false
    private var hasEnded = false
    private var isInputEnded = false
    /// The name of the command behind a RESET; nil while there is none on its way.
    private var marker: String?
    /// An error has come that RESET may have got.
    private var mayHaveFailed = false
    /// An error that may be the marker's, as far as it has come.
    private var heldError: [UInt8] = []

    private static let confirmation = Array("+RESET\r\n".utf8)

    /// A transaction that `session` has open goes on in the tunnel.
    init(session: Session, framed: Bool) {
        self.session = session
        isFramed = framed
        cache = session.dispatcher.cache
        transaction = session.takeTransaction()
        isUncertain = session.connectionState.isIdentityUnsure
        guard !framed else { return }
        mayBeSilent = true
        commands.loseCount()
    }

    override func receive(_ bytes: UnsafeRawBufferPointer, replies: Int, goesOn: Bool) {
        guard isFramed else {
            if let cache { release(nil, cache) }
            return session.pass(bytes)
        }
        let isWhole = replies > 0
        if marker != nil, beginning.isEmpty, !heldError.isEmpty || bytes.first == UInt8(ascii: "-") {
            heldError.append(contentsOf: bytes)
            if isWhole { receiveHeldError() }
        } else if let marker, let place = bytes.firstRange(of: Array(marker.utf8)) {
            // EXEC's array has one element too few for every CLIENT REPLY SKIP in it, so this was taken for one.
            let start = bytes[..<place.lowerBound].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            if start > 0 { take(UnsafeRawBufferPointer(rebasing: bytes[..<start]), isWhole: false) }
            resetWasAnswered(isReset: true)
        } else {
            take(bytes, isWhole: isWhole)
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) {
        beginning.append(contentsOf: bytes.prefix(max(0, TunnelledFrame.bytesNeeded - beginning.count)))
        noteReceived(bytes, isWhole: isWhole)
        session.pass(bytes)
        guard isWhole else { return }
        if beginning == Self.confirmation { mayHaveFailed = false }
        beginning.removeAll(keepingCapacity: true)
    }

    /// Whether it was only for subscriptions, of which none is left, and nothing is under way.
    var isUnsubscribed: Bool {
        isForSubscriptions && marker == nil && beginning.isEmpty && commands.areAllAnswered
            && !commands.hasSubscriptions
    }

    // MARK: RESET

    /// RESET is about to be sent. Returns the name of the command that has to follow it.
    func expectReset() -> String {
        // Nobody can guess it. There are servers that repeat a name in upper case.
        let name = "OCMRESET" + String(UInt64.random(in: .min ... .max), radix: 16, uppercase: true)
        marker = name
        mayHaveFailed = false
        return name
    }

    private func receiveHeldError() {
        let error = heldError
        heldError = []
        let text = String(decoding: error, as: UTF8.self)
        guard let marker, text.contains(marker) else {
            // Whatever is wrong with RESET, the error has its name: it is unknown, forbidden, or not for such a client.
            mayHaveFailed = text.lowercased().contains("reset")
            return error.withUnsafeBytes { take($0, isWhole: true) }
        }
        resetWasAnswered(isReset: !mayHaveFailed)
    }

    private func resetWasAnswered(isReset: Bool) {
        marker = nil
        settle(isOver: true)
        session.dispatcher.tunnelAnsweredReset(session, isReset: isReset)
    }

    // MARK: What is under way, and what that does to the cache

    /// A command goes into the tunnel.
    func noteSent(_ command: Command, _ spec: UnsafePointer<CommandSpec>) {
        let isOrdinary = spec.pointee.route == .forward && spec.pointee.keys != .unknown
        let isOfShards = command.argument(0, is: "ssubscribe") || command.argument(0, is: "sunsubscribe")
        if isOfShards || !isOrdinary && spec.pointee.route != .subscription { isForSubscriptions = false }
        switch spec.pointee.route {
        case .subscription where !transaction.isOpen:
            if command.count == 1 { isUncertain = true }
            commands.add(command.count > 1 ? .subscription(command.count - 1) : .unsubscription(isConfirmed: false))
            return
        case .subscription:
            isUncertain = true
            // EXEC's array has room for one confirmation: what follows that, and the reply that it leaves no room for,
            // come by themselves.
            commands.loseCount()
        // A refused AUTH may be left without a reply (``Handshake``).
        case .auth, .hello: isUncertain = true
        case .tunnel:
            isUncertain = true
            isMonitored = true
        case .rawTunnel:
            // REPLCONF ACK has no reply.
            isUncertain = true
        case .forward where spec.pointee.flushes == .debug:
            // DEBUG PROTOCOL PUSH is answered with a push.
            isUncertain = true
        case .client where command.subcommand(is: "reply"):
            isUncertain = true
            mayBeSilent = true
        default: break
        }
        let mark = Self.mark(command, spec)
        commands.add(isUncertain ? .unmarked(1) : .ordinary(mark))
        if mark.effect != .none { lastOnKeys = commands.sent }
        if flushes(command, spec.pointee), let cache { suspend(cache) }
    }

    /// What has to happen before the reply to the command leaves, but for a flush.
    private static func mark(_ command: Command, _ spec: UnsafePointer<CommandSpec>) -> CommandMark {
        var effect = CommandMark.Effect.anyKey
        var key: UInt64 = 0
        if spec.pointee.keys == .first, !spec.pointee.takes, command.count > 1 {
            effect = spec.pointee.isReadOnly ? .read : .write
            key = KeyHash.process(command[1])
        } else if spec.pointee.keys == .none, spec.pointee.route != .exec {
            effect = .none
        }
        return CommandMark(hash: key, sentAt: 0, command: spec.pointee.index, effect: effect, isLast: true)
    }

    /// Follows transactions. Whether the reply to the command may tell of a flush: the flush itself, even if it is only
    /// queued, and EXEC after that.
    private func flushes(_ command: Command, _ spec: CommandSpec) -> Bool {
        switch spec.route {
        case .multi: transaction.begin()
        // With anything behind them they are refused, and the transaction stays open.
        case .exec where command.count == 1: return transaction.end().contains { $0.effect == .flush }
        case .discard where command.count == 1: _ = transaction.end()
        default: break
        }
        guard spec.flushReason(of: command) != nil else { return false }
        transaction.add(CommandMark(hash: 0, sentAt: 0, command: spec.index, effect: .flush, isLast: true))
        return true
    }

    private func noteReceived(_ bytes: UnsafeRawBufferPointer, isWhole: Bool) {
        // Of so short a beginning nothing can be said.
        let isKnown = isWhole || beginning.count == TunnelledFrame.bytesNeeded
        let frame = isKnown ? TunnelledFrame(beginning, possible: possibleFrames) : nil
        if !isReleased, let cache { release(frame, cache) }
        if isReleased || !isWhole {
            ending = Array((ending + bytes.suffix(TunnelledFrame.bytesOfCount)).suffix(TunnelledFrame.bytesOfCount))
        }
        isReleased = !isWhole
        guard isWhole, let frame else { return }
        if frame == .confirmation {
            let end = ending.isEmpty ? Array(bytes.suffix(TunnelledFrame.bytesOfCount)) : ending
            commands.noteSubscriptions(TunnelledFrame.count(endOf: end), ofShards: TunnelledFrame.isOfShards(beginning))
        }
        ending.removeAll(keepingCapacity: true)
        commands.receive(frame)
        if let lastFlush, commands.answered >= lastFlush { endFlush() }
    }

    /// What can come next that isn't a reply, though it looks like one.
    private var possibleFrames: TunnelledFrame.Possible {
        if isUncertain || commands.isCountLost {
            return isMonitored ? [.messages, .confirmations, .lines] : [.messages, .confirmations]
        }
        guard session.identity.version == .resp2 else { return [] }
        var possible: TunnelledFrame.Possible = []
        if commands.hasSubscriptions { possible.insert(.messages) }
        if commands.isSubscribing { possible.insert(.confirmations) }
        return possible
    }

    /// What a reply shows or tells of must be known to the cache when it leaves: the command's key, or, if it can't be
    /// told whose reply it is, everything. What a message tells of, too.
    private func release(_ frame: TunnelledFrame?, _ cache: LoopCache) {
        let isPush = beginning.first == UInt8(ascii: ">")
        let mayBeMessage = frame.map { $0 == .push } ?? possibleFrames.contains(.messages)
        // (Each line of MONITOR may tell of any change, too, but also of the PING that is sent for it.)
        if isPush ? frame != .confirmation : mayBeMessage, !isMonitored { session.hold() }
        guard !isPush else { return }
        if let frame, !isUncertain, !commands.isCountLost {
            if frame == .push || frame == .confirmation { return }
            if let mark = commands.answered(by: frame) { session.release(mark) }
        } else if commands.answered < lastOnKeys {
            cache.cache.doubtEverything()
        }
        if lastFlush != nil, !isSuspending { cache.flush(.flushCommand) }
    }

    /// Shuts the cache until everything is answered; for a while only, because the server may take its time, and what
    /// is sent meanwhile doesn't prolong that. A reply that comes later flushes once more. Where none may come, or may
    /// be another's, the server is asked how far it is, again and again.
    private func suspend(_ cache: LoopCache) {
        session.pinned?.expectUnseenChanges()
        let isFirst = lastFlush == nil
        lastFlush = commands.sent
        guard isFirst else { return }
        cache.suspend(1)
        isSuspending = true
        watch = schedule(in: Self.patience, cache) { $0.waitedLong() }
    }

    private func waitedLong() {
        guard !hasEnded, let cache, lastFlush != nil else { return }
        resume()
        if mayBeSilent || commands.isCountLost { return askForProgress(cache) }
        watch = schedule(in: Self.patience, cache) { $0.waitedLong() }
    }

    private func askForProgress(_ cache: LoopCache) {
        guard let connection = session.pinned else { return }
        let (flush, ended, isAllSent) = (lastFlush, flushesEnded, !connection.hasUnsent)
        session.dispatcher.upstream?.askForProgress(of: connection) { [weak self] progress in
            guard let self, !hasEnded, flushesEnded == ended else { return }
            if progress != .underWay { settle(isOver: lastFlush == flush && isAllSent || progress == .unknown) }
            if lastFlush != nil { watch = schedule(in: Self.patience, cache) { $0.waitedLong() } }
        }
    }

    private func schedule(
        in time: TimeAmount,
        _ cache: LoopCache,
        _ body: @escaping @Sendable (Tunnel) -> Void
    ) -> Scheduled<Void> {
        let bound = NIOLoopBound(self, eventLoop: cache.context.eventLoop)
        return cache.context.eventLoop.scheduleTask(in: time) { body(bound.value) }
    }

    /// Something that was sent has been executed, without anybody's having said so; all of it, if it `isOver`.
    private func settle(isOver: Bool) {
        guard let cache else { return }
        if commands.answered < lastOnKeys { cache.cache.doubtEverything() }
        guard lastFlush != nil else { return }
        if !isSuspending { cache.flush(.flushCommand) }
        if isOver { endFlush() }
    }

    private func endFlush() {
        lastFlush = nil
        flushesEnded += 1
        watch?.cancel()
        resume()
    }

    private func resume() {
        guard isSuspending else { return }
        isSuspending = false
        cache?.resume(1, .flushCommand)
    }

    /// The client sends nothing more, and Redis is told. What it answers then it answers soon, and ends the connection.
    /// But a client that is gone looks the same as long as there is nothing to tell it: so a flush that is on its way
    /// isn't waited for longer than for any other reply.
    func inputEnded() {
        guard !isInputEnded, let cache, lastFlush != nil else { return }
        isInputEnded = true
        guard let limit = session.dispatcher.upstream?.configuration.responseTimeout else { return }
        _ = schedule(in: limit, cache) { $0.giveUp() }
    }

    private func giveUp() {
        guard !hasEnded, lastFlush != nil else { return }
        session.outlet?.abort()
    }

    /// Its connection was given back or lost: what is unanswered now never will be. Nobody will tell of a flush among
    /// it, so the cache is shut until there can be none any more.
    func end() {
        hasEnded = true
        guard lastFlush != nil, let cache else { return }
        if !isSuspending { cache.suspend(1) }
        isSuspending = true
        session.dispatcher.upstream?.whenAbandonedAreDead { [self] in resume() }
    }

    private static let patience = TimeAmount.seconds(1)
}
