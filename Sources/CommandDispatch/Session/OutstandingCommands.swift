import RESP
import Stats
import Upstream

/// The commands of a session that were sent and have no reply yet: which keys they name, and what has to happen to each
/// before its reply leaves.
struct OutstandingCommands: ~Copyable {
    /// How many were ever sent.
    private(set) var sent = 0
    /// How many of them have their replies.
    private(set) var answered = 0
    /// The keys of those that haven't, and some more: what isn't there need not be searched for.
    private(set) var keys = KeyMask()

    private var marks = RingQueue<CommandMark>()
    private var marksOfNextAreReleased = false
    private var transaction = Transaction()

    /// How many have no reply.
    @inline(__always)
    var count: Int { sent &- answered }

    /// Whether a part of the next reply has come.
    var replyHasBegun: Bool { marksOfNextAreReleased }

    // MARK: Sending

    /// A command was sent, and there is no cache that would mind.
    @inline(__always)
    mutating func add(_ spec: UnsafePointer<CommandSpec>, at time: UInt32) {
        sent &+= 1
        marks.append(CommandMark(hash: 0, sentAt: time, command: spec.pointee.index, effect: .none, isLast: true))
    }

    /// A command was sent. Returns how many of its marks have the cache flushed.
    @inline(__always)
    mutating func add(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ hash: KeyHash,
        at time: UInt32
    ) -> Int {
        sent &+= 1
        guard spec.pointee.keys == .first, !spec.pointee.takes, command.count > 1, !transaction.isOpen else {
            return addMarks(command, spec, hash, at: time)
        }
        append(hash(command[1]), spec.pointee.isReadOnly ? .read : .write, spec, at: time)
        marks.last.isLast = true
        return 0
    }

    /// Whether the command would have the cache flushed, by itself or as the end of what MULTI began.
    func flushes(_ command: Command, _ spec: CommandSpec) -> Bool {
        spec.flushReason(of: command) != nil
            || (spec.route == .exec && transaction.marks.contains { $0.effect == .flush })
    }

    /// A command was sent for the cache, which takes its reply: it reads `keys`, of which there is one at least.
    mutating func addFill(of keys: some Sequence<UInt64>, _ spec: UnsafePointer<CommandSpec>, at time: UInt32) {
        sent &+= 1
        for key in keys { append(key, .fill, spec, at: time) }
        marks.last.isLast = true
    }

    /// The session waits for the reply to another's command that reads `keys`, of which there is one at least. Returns
    /// a mark for the first of them.
    mutating func join(
        _ keys: some Collection<UInt64>,
        _ spec: UnsafePointer<CommandSpec>,
        at time: UInt32
    ) -> CommandMark {
        for key in keys { self.keys.insertRead(key) }
        return CommandMark(
            hash: keys.first ?? 0,
            sentAt: time,
            command: spec.pointee.index,
            effect: .fill,
            isLast: keys.count == 1
        )
    }

    /// Hands over what MULTI began, and follows it no more.
    mutating func takeTransaction() -> Transaction {
        defer { transaction = Transaction() }
        return transaction
    }

    /// Nothing is outstanding any more.
    @inline(__always)
    mutating func forgetKeys() {
        keys = KeyMask()
        marks.shrink(to: Self.mostRoom)
    }

    /// The room of so many marks is kept: one command may name hundreds of thousands of keys.
    private static let mostRoom = 1 << 10

    private mutating func addMarks(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ hash: KeyHash,
        at time: UInt32
    ) -> Int {
        let before = marks.count
        if let reason = spec.pointee.flushReason(of: command) {
            append(UInt64(reason.rawValue), .flush, spec, at: time)
        } else {
            let effect = spec.pointee.isReadOnly ? CommandMark.Effect.read : .write
            let isEveryKeyTold = spec.pointee.keys.forEachKey(in: command) { append(hash($0), effect, spec, at: time) }
            let others = isEveryKeyTold ? spec.pointee.effectOnOtherKeys : .anyKey
            if others != .none { append(0, others, spec, at: time) }
        }
        switch spec.pointee.route {
        case .multi: transaction.begin()
        case .exec: for mark in transaction.end() { append(mark.hash, mark.effect, spec, at: time) }
        case .discard: _ = transaction.end()
        default: break
        }
        if marks.count == before { append(0, .none, spec, at: time) }
        marks.last.isLast = true
        return (before..<marks.count).count { marks[$0].effect == .flush }
    }

    @inline(__always)
    private mutating func append(
        _ hash: UInt64,
        _ effect: CommandMark.Effect,
        _ spec: UnsafePointer<CommandSpec>,
        at time: UInt32
    ) {
        switch effect {
        case .none: break
        case .read, .fill: keys.insertRead(hash)
        case .write: keys.insertWrite(hash)
        case .news, .anyKey, .flush: keys.insertEverything()
        }
        let mark = CommandMark(hash: hash, sentAt: time, command: spec.pointee.index, effect: effect, isLast: false)
        marks.append(mark)
        transaction.add(mark)
    }

    // MARK: Searching

    /// Behind so many marks it isn't searched any more: it is taken for granted that they name every key.
    private static let mostSearched = 4096
    private static let mostCompared = 1 << 18

    /// Whether so many searches don't take long.
    func canSearch(times: Int) -> Bool { times * marks.count <= Self.mostCompared }

    /// Whether one of them names the key, or may name any.
    func hasAny(on key: UInt64) -> Bool {
        search { $0.hash == key }
    }

    /// Whether one of them may write the key.
    func hasWrite(on key: UInt64) -> Bool {
        search { $0.hash == key && $0.effect == .write }
    }

    @inline(__always)
    private func search(_ matches: (CommandMark) -> Bool) -> Bool {
        guard marks.count <= Self.mostSearched else { return true }
        for index in 0..<marks.count {
            let mark = marks[index]
            if matches(mark) || mark.effect.isOnAnyKey { return true }
        }
        return false
    }

    // MARK: Answering

    /// So many marks are looked at before it is their turn.
    private static let marksAhead = 16

    /// Calls `announce` with the hashes of the keys of the commands whose replies come next, as far as they have any.
    @inline(__always)
    func forEachNextKey(_ announce: (UInt64) -> Void) {
        for index in 0..<min(marks.count, Self.marksAhead) { announce(marks[index].hash) }
    }

    /// Calls `release` with what has to be done before `replies` replies, and the beginning of one more if it `goesOn`,
    /// leave, and with how many are whole, which is none for that beginning; then `answered` for each command that has
    /// its whole reply. Before that `announce` gets the keys that ``forEachNextKey(_:)`` hasn't told.
    @inline(__always)
    mutating func takeReplies(
        _ replies: Int,
        goesOn: Bool,
        announce: (UInt64) -> Void,
        release: (CommandMark, _ whole: Int) -> Void,
        answered note: (CommandMark) -> Void
    ) {
        var left = replies
        while left > 0 {
            if marks.count > Self.marksAhead, left > 1 { announce(marks[Self.marksAhead].hash) }
            let mark = marks.removeFirst()
            if !marksOfNextAreReleased { release(mark, replies) }
            guard mark.isLast else { continue }
            marksOfNextAreReleased = false
            note(mark)
            left -= 1
        }
        answered &+= replies
        guard goesOn, !marksOfNextAreReleased else { return }
        // The reply isn't whole, but what it says is on its way to the client.
        marksOfNextAreReleased = true
        var index = 0
        repeat {
            release(marks[index], 0)
            index += 1
        } while !marks[index - 1].isLast
    }
}
