import NIOCore
import RESP

/// The bytes of the commands that a connection has taken, from the first unanswered one on.
///
/// Commands of a turn are gathered in one buffer, which goes to the socket as it is and is kept until all of its
/// commands are answered: keeping it costs nothing but memory, since the buffer is needed for the write anyway. If the
/// connection breaks, reading the buffers again gives back every command that has no reply.
struct CommandLog {
    private struct Segment {
        var buffer: ByteBuffer
        var commands: Int
        var answered = 0
    }

    private var sent = CircularBuffer<Segment>()
    private var gathering: Segment
    private let pool: BufferPool

    /// How many gathered bytes make a write of their own before the turn ends, so that the server begins while the rest
    /// of the turn's commands are still being read here. It is what Redis reads at once.
    private static let writeSize = 16 << 10

    init(pool: BufferPool) {
        self.pool = pool
        gathering = Segment(buffer: ByteBuffer(), commands: 0)
    }

    /// The bytes gathered and not yet taken.
    @inline(__always)
    var gatheredBytes: Int { gathering.buffer.readableBytes }

    /// How many commands these are.
    @inline(__always)
    var gatheredCommands: Int { gathering.commands }

    /// Appends a command; true when enough is gathered to be written at once.
    @inline(__always)
    mutating func append(_ frame: UnsafeRawBufferPointer) -> Bool {
        if gathering.buffer.capacity == 0 { gathering.buffer = pool.take() }
        gathering.buffer.writeBytes(frame)
        gathering.commands += 1
        return gathering.buffer.readableBytes >= Self.writeSize
    }

    /// Takes what is gathered, to be written. It stays in the log until it is answered, unless `forgetting`.
    mutating func takeGathered(forgetting: Bool) -> ByteBuffer? {
        guard gathering.commands > 0 else { return nil }
        let segment = gathering
        gathering = Segment(buffer: ByteBuffer(), commands: 0)
        if !forgetting { sent.append(segment) }
        return segment.buffer
    }

    /// The oldest `count` commands have their replies.
    @inline(__always)
    mutating func answered(_ count: Int) {
        var left = count
        while left > 0, !sent.isEmpty {
            let open = sent[sent.startIndex].commands - sent[sent.startIndex].answered
            guard left >= open else {
                sent[sent.startIndex].answered += left
                return
            }
            left -= open
            pool.put(sent.removeFirst().buffer)
        }
    }

    /// Calls `body` with every unanswered command, oldest first, and with whether it may have reached the server.
    func forEachUnanswered(_ body: (_ command: Command, _ mayHaveBeenSent: Bool) -> Void) {
        for segment in sent { Self.forEach(in: segment, mayHaveBeenSent: true, body) }
        Self.forEach(in: gathering, mayHaveBeenSent: false, body)
    }

    private static func forEach(in segment: Segment, mayHaveBeenSent: Bool, _ body: (Command, Bool) -> Void) {
        var parser = RequestParser()
        var index = 0
        segment.buffer.withUnsafeReadableBytes { bytes in
            for position in 0..<segment.commands {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[index...])
                guard case .command? = try? parser.parse(rest, authenticated: true) else {
                    preconditionFailure("a connection's log holds whole commands only")
                }
                if position >= segment.answered { body(parser.command(in: rest), mayHaveBeenSent) }
                index += parser.frameLength
                parser.consume()
            }
        }
    }
}
