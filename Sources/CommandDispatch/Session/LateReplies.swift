import NIOCore
import Upstream

/// The replies of a session that were made here, or come with another session's command, and wait for those of its own
/// earlier commands.
struct LateReplies: ~Copyable {
    private var replies = RingQueue<LateReply>()
    private var released = 0
    /// What the next one is written to, if it is one: most commands that are tried here turn out to be none.
    private var spare = ByteBuffer()
    private let pool: BufferPool

    /// How many bytes wait.
    private(set) var bytes = 0
    /// How many of them haven't come yet.
    private(set) var awaited = 0

    init(pool: BufferPool) { self.pool = pool }

    @inline(__always)
    var isEmpty: Bool { replies.isEmpty }

    /// Adds what `write` writes, behind `sent` commands; nothing if it returns false. Replies behind the same command
    /// share a buffer.
    mutating func add(behind sent: Int, _ write: (inout ByteBuffer) -> Bool) -> Bool {
        if !replies.isEmpty, replies.last.awaited == nil, replies.last.behind == sent {
            let before = replies.last.bytes.readableBytes
            guard write(&replies.last.bytes) else { return false }
            bytes += replies.last.bytes.readableBytes - before
            return true
        }
        if spare.capacity == 0 { spare = pool.take() }
        guard write(&spare) else { return false }
        bytes += spare.readableBytes
        replies.append(LateReply(behind: sent, bytes: spare))
        spare = ByteBuffer()
        return true
    }

    /// Gives back what it holds for the next one: there won't be one soon.
    mutating func rest() {
        guard spare.capacity > 0 else { return }
        pool.put(spare)
        spare = ByteBuffer()
    }

    /// Adds one to a command that is still to come: the ticket for ``append(to:_:)``.
    mutating func await(_ command: CommandMark, behind sent: Int) -> Int {
        awaited += 1
        replies.append(LateReply(behind: sent, bytes: ByteBuffer(), awaited: command))
        return released + replies.count - 1
    }

    /// Whether one is still to come about the key, or about several, which may be any.
    func isAwaiting(_ key: UInt64) -> Bool {
        awaited > 0
            && (0..<replies.count).contains { replies[$0].awaited.map { $0.hash == key || !$0.isLast } ?? false }
    }

    /// Some of the one with `ticket` has come.
    mutating func append(to ticket: Int, _ write: (inout ByteBuffer) -> Void) {
        let index = ticket - released
        if replies[index].bytes.capacity == 0 { replies[index].bytes = pool.take() }
        bytes -= replies[index].bytes.readableBytes
        write(&replies[index].bytes)
        bytes += replies[index].bytes.readableBytes
    }

    /// All of the one with `ticket` has come. Returns the command that it answers.
    mutating func finish(_ ticket: Int) -> CommandMark? {
        awaited -= 1
        return replies[ticket - released].awaited.take()
    }

    /// Moves those to `output` whose turn it is when `answered` of the session's commands have their replies, and what
    /// there is of the next one: however large that gets, it isn't held.
    mutating func release(answered: Int, to output: inout ByteBuffer) {
        while !replies.isEmpty, replies.first.behind &- answered <= 0 {
            if replies.first.bytes.capacity > 0 {
                var buffer = ByteBuffer()
                swap(&buffer, &replies.first.bytes)
                bytes -= buffer.readableBytes
                output.writeImmutableBuffer(buffer)
                pool.put(buffer)
            }
            guard replies.first.awaited == nil else { return }
            _ = replies.removeFirst()
            released += 1
        }
    }
}
