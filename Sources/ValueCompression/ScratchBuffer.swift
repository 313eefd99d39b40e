/// Memory for one result at a time, used again for the next.
///
/// Up to ``retainedSize`` it stays for good. What an unusually large result needed goes as soon as a result comes that
/// needs less than half of it, so a buffer is never larger than 64 KiB or twice its present contents.
struct ScratchBuffer: ~Copyable {
    /// The size in bytes that is always kept: room for the values that there are many of.
    static let retainedSize = 64 << 10

    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)

    deinit { memory.deallocate() }

    /// How many bytes it holds.
    var size: Int { memory.count }

    /// Room for `count` bytes. What was there before is lost, and pointers to it are no longer valid.
    mutating func reserve(_ count: Int) -> UnsafeMutableRawBufferPointer {
        if memory.count < count || memory.count > max(Self.retainedSize, 2 * count) {
            memory.deallocate()
            memory = .allocate(byteCount: max(Self.retainedSize, count), alignment: 16)
        }
        return UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
    }
}
