import CMalloc

/// Memory from malloc, by the amounts that malloc really spends.
///
/// The store promises never to exceed a limit, so it charges what a block costs, not what was asked for: malloc puts a
/// word of its own in front of each block, hands out multiples of 16 bytes, and maps large blocks by the page. Blocks
/// are asked for in exactly those amounts, so that what rounding would waste is room for a value to grow in.
///
/// The rules are those of glibc on 64-bit systems; other allocators differ by a few bytes a block.
enum Heap {
    private static let word = 8
    private static let smallest = 32
    /// From this size on a block is a number of pages; that adds less than a sixteenth to it.
    static let largeThreshold = 128 << 10
    private static let page = 4096

    /// Has malloc keep to the rules: by itself it would map ever larger blocks only, the larger those were that it was
    /// given back, and keep the others' memory.
    ///
    /// The threshold is above that from which a block is charged by the page: mapping costs as much as copying a few
    /// hundred KB, and clients' buffers are of that size.
    static func configure() { ocm_map_blocks_from(1 << 20) }

    /// What a block of at least `count` bytes takes from memory.
    @inline(__always)
    static func cost(_ count: Int) -> Int {
        if count >= largeThreshold { return (count + 2 * word + page - 1) & ~(page - 1) }
        return max(smallest, (count + word + 15) & ~15)
    }

    /// How many bytes can be used of a block that takes `cost`.
    @inline(__always)
    static func capacity(cost: Int) -> Int { cost >= largeThreshold ? cost - 2 * word : cost - word }

    /// A block of at least `count` bytes.
    @inline(__always)
    static func allocate(_ count: Int) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer.allocate(byteCount: capacity(cost: cost(count)), alignment: 16)
    }
}
