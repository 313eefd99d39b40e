/// Remembers which entries have left the small queue unhit of late: those that come again belong in the main queue.
///
/// Two bytes are kept of each, a *print* of what it answered. A bucket is a cache line: 31 prints, each new one in the
/// place of the oldest, and where the next one goes. So the buckets together are nearly a FIFO of as many as they have
/// places for, which is between one and two for each entry in the cache; one in a thousand that never were there is
/// taken for one that was.
struct GhostQueue {
    private var buckets: UnsafeMutablePointer<UInt16>
    private var count: Int

    private static let bucketSize = 64
    private static let prints = 31
    private static let burstBit: UInt16 = 1

    /// An empty queue, as small as can be.
    init() {
        count = Pages.size / Self.bucketSize
        buckets = Self.makeBuckets(count)
    }

    func deallocate() { Pages.unmap(buckets, bytes) }

    /// What it takes from memory.
    var bytes: Int { count * Self.bucketSize }

    private static func makeBuckets(_ count: Int) -> UnsafeMutablePointer<UInt16> {
        Pages.map(count * bucketSize).bindMemory(to: UInt16.self, capacity: count * bucketSize / 2)
    }

    @inline(__always)
    private func bucket(_ hash: UInt64) -> UnsafeMutablePointer<UInt16> {
        buckets + Int(truncatingIfNeeded: hash >> 32) & (count - 1) * (Self.bucketSize / 2)
    }

    /// Never 0, which is a place that nothing has been written to.
    @inline(__always)
    private func print(_ hash: UInt64) -> UInt16 { max(UInt16(truncatingIfNeeded: hash) & ~Self.burstBit, 2) }

    /// Remembers what has this hash, and whether it came in a burst (``Bursts``).
    mutating func insert(_ hash: UInt64, cameInBurst: Bool) {
        let bucket = bucket(hash)
        let place = bucket[Self.prints]
        bucket[Int(place)] = print(hash) | (cameInBurst ? Self.burstBit : 0)
        bucket[Self.prints] = place + 1 == UInt16(Self.prints) ? 0 : place + 1
    }

    /// What was remembered.
    struct Ghost {
        /// About how many were remembered since.
        let age: Int
        let cameInBurst: Bool
    }

    /// Forgets what has this hash; nil if it wasn't remembered.
    mutating func remove(_ hash: UInt64) -> Ghost? {
        let bucket = bucket(hash)
        let print = print(hash)
        for place in 0..<Self.prints where bucket[place] & ~Self.burstBit == print {
            let cameInBurst = bucket[place] & Self.burstBit != 0
            bucket[place] = 0
            let since = Int(bucket[Self.prints]) - 1 - place
            return Ghost(age: (since < 0 ? since + Self.prints : since) * count, cameInBurst: cameInBurst)
        }
        return nil
    }

    // MARK: Its size

    /// What it needs from memory to grow, if it is too small for a cache of `entries`.
    @inline(__always)
    func growth(for entries: Int) -> Int? { entries > count * Self.prints ? bytes * 2 : nil }

    /// Doubles it. Which of two new buckets an old print belongs to isn't known, so both get it.
    mutating func grow() {
        let new = Self.makeBuckets(count * 2)
        UnsafeMutableRawPointer(new).copyMemory(from: buckets, byteCount: bytes)
        (UnsafeMutableRawPointer(new) + bytes).copyMemory(from: buckets, byteCount: bytes)
        deallocate()
        buckets = new
        count *= 2
    }

    /// Forgets everything if that gives most of its memory back.
    mutating func shrink(for entries: Int) {
        guard entries * 8 < count * Self.prints, bytes > Pages.size else { return }
        deallocate()
        self = GhostQueue()
    }
}
