import NIOCore
import Upstream

/// Which part of a session's ready replies may not leave yet, and the news that each part waits for
/// (``LocalCache/ReplyCache/news``), by its number.
struct OutputHolds {
    private struct Hold {
        var start: Int
        let news: UInt64
    }

    /// Of what isn't in there are two at most: what is asked for, and what comes next.
    private var holds: [Hold] = []

    var isEmpty: Bool { holds.isEmpty }

    /// What is ready from the byte `start` on waits for `news`, and so does what comes after it.
    mutating func add(from start: Int, until news: UInt64) {
        guard news > holds.last?.news ?? 0 else { return }
        holds.append(Hold(start: start, news: news))
    }

    /// Takes out of `output` what may leave now that the news up to `settled` is in; nil if that is nothing.
    mutating func takeReady(of output: inout ByteBuffer, settled: UInt64, pool: BufferPool) -> ByteBuffer? {
        holds.removeAll { $0.news <= settled }
        let length = holds.first?.start ?? output.readableBytes
        guard length > 0 else { return nil }
        // What leaves goes with its buffer: one that is never empty would grow by all that ever passes.
        var rest = ByteBuffer()
        if length < output.readableBytes {
            rest = pool.take()
            rest.writeBytes(output.readableBytesView.dropFirst(length))
        }
        for index in holds.indices { holds[index].start -= length }
        swap(&output, &rest)
        rest.moveWriterIndex(to: rest.readerIndex + length)
        return rest
    }
}
