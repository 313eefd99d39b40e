import NIOCore

/// Write buffers of one event loop, used again and again, so that a busy loop allocates nothing and an idle
/// connection holds nothing.
public final class BufferPool {
    private var buffers: [ByteBuffer] = []
    private let allocator = ByteBufferAllocator()

    private static let initialCapacity = 16 << 10
    /// A buffer with more room than this, in bytes, isn't kept for the next who needs one.
    public static let largestKept = 256 << 10
    private static let mostKept = 64

    /// An empty pool.
    public init() {}

    /// An empty buffer with room for some replies.
    public func take() -> ByteBuffer {
        buffers.popLast() ?? allocator.buffer(capacity: Self.initialCapacity)
    }

    /// Takes a buffer back. One that somebody still reads from gets new storage when it is cleared, which is
    /// what `clear` does by itself; a grown one is let go.
    public func put(_ buffer: consuming ByteBuffer) {
        guard buffers.count < Self.mostKept, buffer.capacity <= Self.largestKept else { return }
        buffer.clear()
        buffers.append(buffer)
    }
}
