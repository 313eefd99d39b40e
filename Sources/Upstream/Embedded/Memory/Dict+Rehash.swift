import RESP

/// Growing and shrinking, a chain at a time.
extension Dict {
    /// Buckets are filled up to this on average; then the dict wants to grow.
    private static var fill: Int { 6 }
    private static var smallestTable: Int { 4 }

    /// Whether elements are on their way to another table.
    @inline(__always) var isRehashing: Bool { rehashIndex >= 0 }

    /// How many buckets it should have but doesn't; nil when its size is right or it is changing already.
    ///
    /// A new table is between a quarter and a half full, and the dict shrinks when it is an eighth full: far enough
    /// apart that it never goes to and fro.
    @inline(__always)
    var wantedBuckets: Int? {
        guard !isRehashing else { return nil }
        if count >= active.count &* Self.fill { return active.count == 0 ? nil : bucketsForCount }
        if count &* 8 < active.count &* Bucket.capacity, active.count > Self.smallestTable { return bucketsForCount }
        return nil
    }

    /// Whether its chains are so long, or so empty, that another table is worth what it takes from elements.
    @inline(__always)
    var needsAnotherTable: Bool {
        guard !isRehashing, active.count > Self.smallestTable else { return false }
        return count >= active.count &* Self.fill &* 3 / 2 || count &* 16 < active.count &* Bucket.capacity
    }

    private var bucketsForCount: Int {
        let least = max(Self.smallestTable, (count + 1) * 2 / Bucket.capacity)
        return 1 << (Int.bitWidth - (least - 1).leadingZeroBitCount)
    }

    /// Starts to move to a table of `buckets`.
    mutating func resize(to buckets: Int) {
        target = DictTable(count: buckets)
        bytes += target.cost
        rehashIndex = 0
    }

    /// Makes room for `count` elements at once, in an empty dict.
    mutating func reserve(_ count: Int) {
        active = DictTable(count: Self.buckets(for: count))
        bytes += active.cost
    }

    /// How many buckets a table for `count` elements has.
    static func buckets(for count: Int) -> Int {
        var buckets = smallestTable
        while buckets * fill / 2 < count { buckets *= 2 }
        return buckets
    }

    mutating func makeFirstTable() {
        active = DictTable(count: Self.smallestTable)
        bytes += active.cost
    }

    /// Moves up to `chains` chains to the new table. Empty ones are passed quickly, but not without end.
    mutating func rehash(_ chains: Int) {
        var moved = 0
        var visited = 0
        while rehashIndex < active.count, moved < chains, visited < chains * 10 {
            let head = active[UInt64(rehashIndex)]
            visited += 1
            if !head.isEmpty {
                move(head)
                moved += 1
            }
            rehashIndex += 1
        }
        if rehashIndex == active.count { finishRehash() }
    }

    private mutating func finishRehash() {
        bytes -= active.cost
        active.deallocate()
        active = target
        target = .none
        rehashIndex = -1
    }

    private mutating func move(_ head: Bucket) {
        var bucket = head
        while true {
            var taken = bucket.taken
            while taken != 0 {
                let place = taken.trailingZeroBitCount
                let block = bucket.block(place)
                _ = put(block, hash(Element(block: block).key), bucket.isMarked(place), in: target)
                taken &= taken &- 1
            }
            let next = bucket.next
            bucket == head ? bucket.reset() : free(chained: bucket)
            guard let next else { return }
            bucket = next
        }
    }
}
