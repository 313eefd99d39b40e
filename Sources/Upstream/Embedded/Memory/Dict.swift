import CPrefetch
import RESP

/// A hash table that never stops the world: the keyspace of a database, and the fields of a large hash.
///
/// **Shape.** Buckets of one cache line hold seven elements each (see ``Bucket``); a bucket that overflows gets another
/// one chained behind it. Elements are blocks of memory that carry their own key, so a lookup costs two cache misses:
/// the bucket and the element. A table costs between 10 and 21 bytes an element.
///
/// **Growth.** Like Redis's dict, it grows and shrinks a little at a time. A second table is made, and each insertion
/// or removal moves one chain over, so no single command pays for the tens of millions of elements there may be.
/// Insertions alone finish long before the next growth is due. While both tables exist a lookup asks both. Whether
/// there is memory for a new table is for the owner to say: without it chains grow longer and nothing breaks.
///
/// **Scanning.** Sizes are powers of two and elements never leave the chain that their hash chooses, so Redis's cursor
/// works: it counts through the buckets with the bits reversed, highest first. What was passed at one size is then
/// passed at any other, and an element that is there from beginning to end is seen at least once (see
/// `Dict+Scan.swift`).
///
/// **Marks.** One bit per element is the owner's. The keyspace marks keys that expire, so that looking for them doesn't
/// touch the others.
struct Dict<Element: DictElement> {
    typealias Slot = DictSlot<Element>

    /// How many elements.
    private(set) var count = 0
    /// How many of them are marked.
    private(set) var markedCount = 0
    /// What the tables take from memory; the elements are the owner's.
    var bytes = 0

    var active = DictTable.none
    /// The table that elements are moving to, if they are.
    var target = DictTable.none
    /// The next bucket to move; -1 when nothing moves.
    var rehashIndex = -1

    let hash = KeyHash.process

    /// Has the bucket fetched that a look-up will begin with.
    @inline(__always)
    func prefetchBucket(_ hash: UInt64) {
        if active.count > 0 { ocm_prefetch(active[hash].words) }
    }

    /// Has the element fetched that a look-up will most likely end with.
    @inline(__always)
    func prefetchElement(_ hash: UInt64) {
        guard active.count > 0 else { return }
        let candidates = active[hash].candidates(Bucket.tag(hash))
        guard candidates != 0 else { return }
        let place = candidates.trailingZeroBitCount >> 3
        guard active[hash].isTaken(place) else { return }
        let block = active[hash].block(place)
        ocm_prefetch(block)
        ocm_prefetch(block + 64)
    }

    /// The element with `key`, whose hash is given.
    @inline(__always)
    func find(_ key: UnsafeRawBufferPointer, hash: UInt64) -> Slot? {
        guard active.count > 0 else { return nil }
        if let slot = find(key, hash, in: active[hash]) { return slot }
        return rehashIndex < 0 ? nil : find(key, hash, in: target[hash])
    }

    @inline(__always)
    private func find(_ key: UnsafeRawBufferPointer, _ hash: UInt64, in head: Bucket) -> Slot? {
        let tag = Bucket.tag(hash)
        var bucket = head
        while true {
            var candidates = bucket.candidates(tag)
            while candidates != 0 {
                let place = candidates.trailingZeroBitCount >> 3
                if bucket.isTaken(place), Element(block: bucket.block(place)).key.equals(key) {
                    return Slot(bucket: bucket, place: place)
                }
                candidates &= candidates &- 1
            }
            guard let next = bucket.next else { return nil }
            bucket = next
        }
    }

    /// Adds an element whose key isn't there yet.
    @discardableResult
    mutating func insert(_ element: Element, hash: UInt64, marked: Bool = false) -> Slot {
        if active.count == 0 { makeFirstTable() }
        if rehashIndex >= 0 { rehash(1) }
        count += 1
        if marked { markedCount += 1 }
        return put(element.block, hash, marked, in: rehashIndex >= 0 ? target : active)
    }

    /// Takes an element out. Its block is the caller's.
    mutating func remove(_ slot: Slot) {
        let hash = hash(slot.element.key)
        count -= 1
        if slot.isMarked { markedCount -= 1 }
        slot.bucket.clear(slot.place)
        if slot.bucket != active[hash] || slot.bucket.isChained { compact(afterRemovalFrom: slot, hash) }
        if rehashIndex >= 0 { rehash(1) }
    }

    /// Marks an element, or not.
    mutating func setMarked(_ marked: Bool, _ slot: Slot) {
        guard slot.isMarked != marked else { return }
        slot.bucket.setMarked(marked, slot.place)
        markedCount += marked ? 1 : -1
    }

    @inline(__always)
    mutating func put(_ block: UnsafeMutableRawPointer, _ hash: UInt64, _ marked: Bool, in table: DictTable) -> Slot {
        var bucket = table[hash]
        while true {
            if let place = bucket.freePlace {
                bucket.put(block, tag: Bucket.tag(hash), marked: marked, at: place)
                return Slot(bucket: bucket, place: place)
            }
            bucket = bucket.next ?? chain(behind: bucket)
        }
    }

    private mutating func chain(behind bucket: Bucket) -> Bucket {
        let words = Heap.allocate(Bucket.size).bindMemory(to: UInt64.self, capacity: Bucket.size / 8)
        let next = Bucket(words: words)
        next.reset()
        bucket.chain(next)
        bytes += Heap.cost(Bucket.size)
        return next
    }

    /// Frees the bucket behind `bucket`, which is empty.
    private mutating func unchain(_ next: Bucket, from bucket: Bucket) {
        bucket.unchain()
        free(chained: next)
    }

    mutating func free(chained bucket: Bucket) {
        UnsafeMutableRawPointer(bucket.words).deallocate()
        bytes -= Heap.cost(Bucket.size)
    }

    /// Fills the gap that a removal left in a chain with the chain's last element, so that chains end when they can.
    private mutating func compact(afterRemovalFrom slot: Slot, _ hash: UInt64) {
        var bucket = active[hash]
        while bucket != slot.bucket, let next = bucket.next { bucket = next }
        // Not in the chain of the active table, so in that of the other one.
        var last = bucket == slot.bucket ? active[hash] : target[hash]
        var previous: Bucket?
        while let next = last.next {
            previous = last
            last = next
        }
        guard let previous else { return }
        if last != slot.bucket {
            last.move(last.taken.trailingZeroBitCount, to: slot.bucket, slot.place)
        }
        if last.taken == 0 { unchain(last, from: previous) }
    }
}
