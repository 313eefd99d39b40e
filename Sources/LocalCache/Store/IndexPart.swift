import CPrefetch

/// A part of an ``EntryIndex``: a hash table with linear probing, in the order of the tags.
struct IndexPart {
    /// A tag in the upper half and a place in the lower; 0 when it is free.
    private(set) var slots: UnsafeMutablePointer<UInt64>
    private var capacity: UInt32
    private var count: UInt32

    /// An empty table of `tableSize` bytes.
    init(tableSize: Int) {
        capacity = UInt32(tableSize / MemoryLayout<UInt64>.stride)
        slots = Pages.map(tableSize).bindMemory(to: UInt64.self, capacity: Int(capacity))
        count = 0
    }

    func deallocate() { Pages.unmap(slots, tableSize) }

    var tableSize: Int { Int(capacity) * MemoryLayout<UInt64>.stride }

    /// Where the search for a tag begins; `rest` are the bits of it that tell entries of this part apart.
    @inline(__always)
    func home(_ rest: UInt32) -> Int { Int(truncatingIfNeeded: (UInt64(rest) &* UInt64(capacity)) >> 32) }

    @inline(__always)
    func place(after place: Int) -> Int { place &+ 1 == Int(capacity) ? 0 : place &+ 1 }

    /// Has the slot fetched at which the search for a tag begins.
    ///
    /// This needs no lock: if the table is changed meanwhile, the address is wrong, and nothing comes of it.
    @inline(__always)
    func prefetch(_ rest: UInt32) { ocm_prefetch(slots + home(rest)) }

    /// Where `slot` is, which must be there.
    func place(of slot: UInt64, _ rest: UInt32) -> Int {
        var place = home(rest)
        while slots[place] != slot { place = self.place(after: place) }
        return place
    }

    mutating func insert(_ slot: UInt64, _ rest: UInt32) {
        var place = home(rest)
        while slots[place] != 0 { place = self.place(after: place) }
        slots[place] = slot
        count += 1
    }

    /// Takes `slot` out, and moves those behind it that would no longer be found over the gap.
    mutating func remove(_ slot: UInt64, _ rest: UInt32, restOf: (UInt32) -> UInt32) {
        var gap = place(of: slot, rest)
        var place = gap
        while true {
            place = self.place(after: place)
            let follower = slots[place]
            guard follower != 0 else { break }
            let home = home(restOf(UInt32(truncatingIfNeeded: follower >> 32)))
            // It may move if its home isn't behind the gap, seen along the way from the gap to where it is.
            if gap <= place ? home <= gap || home > place : home <= gap && home > place {
                slots[gap] = follower
                gap = place
            }
        }
        slots[gap] = 0
        count -= 1
    }

    // MARK: Its size

    /// The size of the table it needs before one more is added; nil if it has room.
    var tableWantedToGrow: Int? {
        guard count &* 5 >= capacity &* 4 else { return nil }
        return Pages.round(max(tableSize + 1, tableSize / 4 * 5))
    }

    /// The size of table that is enough, if it is much less than it has.
    var tableWantedToShrink: Int? {
        guard count < capacity / 3 else { return nil }
        let size = max(Pages.size, Pages.round(Int(count) * MemoryLayout<UInt64>.stride * 5 / 3))
        return size < tableSize ? size : nil
    }

    mutating func resize(to size: Int, restOf: (UInt32) -> UInt32) {
        let old = self
        self = IndexPart(tableSize: size)
        for place in 0..<Int(old.capacity) where old.slots[place] != 0 {
            insert(old.slots[place], restOf(UInt32(truncatingIfNeeded: old.slots[place] >> 32)))
        }
        old.deallocate()
    }
}
