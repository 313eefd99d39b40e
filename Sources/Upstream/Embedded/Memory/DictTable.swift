#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The buckets of a ``Dict``: a power of two of them, each on a cache line of its own.
struct DictTable {
    /// No buckets at all.
    static var none: DictTable { DictTable() }

    private let allocation: UnsafeMutableRawPointer?
    private let buckets: UnsafeMutablePointer<UInt64>?
    /// How many buckets, less one; -1 when there are none.
    let mask: Int

    private init() {
        allocation = nil
        buckets = nil
        mask = -1
    }

    /// Empty buckets. They come zeroed from calloc, which for a large table means fresh pages that the system provides
    /// as they are first touched: a table of a gigabyte is there at once.
    init(count: Int) {
        guard let allocation = calloc(1, count * Bucket.size + Bucket.size) else {
            fatalError("no memory for a table of \(count) buckets")
        }
        self.allocation = allocation
        buckets = allocation.alignedUp(toMultipleOf: Bucket.size).assumingMemoryBound(to: UInt64.self)
        mask = count - 1
    }

    /// What `count` buckets take from memory.
    static func cost(_ count: Int) -> Int { count == 0 ? 0 : Heap.cost(count * Bucket.size + Bucket.size) }

    /// How many buckets.
    @inline(__always) var count: Int { mask + 1 }

    /// What they take from memory.
    var cost: Int { Self.cost(count) }

    /// The bucket of `index`, of which as many bits count as there are buckets.
    @inline(__always)
    subscript(index: UInt64) -> Bucket {
        Bucket(words: buckets.unsafelyUnwrapped + (Int(truncatingIfNeeded: index) & mask) * (Bucket.size / 8))
    }

    /// Gives the buckets back. What they point to is the caller's.
    func deallocate() { free(allocation) }
}
