/// Where an entry lies in a ``ChunkPool``, in units of 8 bytes from its beginning. 0 is nowhere.
typealias EntryReference = UInt32

/// The memory that entries lie in: a range of addresses, divided into slots of one size.
///
/// A chunk is one slot, filled from its beginning with entries, or for an entry that is larger than a quarter of a
/// slot, a *run* of as many as it needs, of which only the pages that it touches count. There are eight times as many
/// addresses as there may be bytes, so that runs find a place although none is ever moved; addresses cost nothing.
/// Since all of it is one range, 32 bits say where an entry is.
final class ChunkPool {
    let base: UnsafeMutableRawPointer
    /// The size of a slot: a power of two.
    let chunkSize: Int
    /// What is known of each slot. Slot 0 is never used, so 0 is no chunk.
    let chunks: UnsafeMutablePointer<Chunk>
    /// What chunks take from memory, spare ones included.
    private(set) var bytes = 0
    /// How many chunks are kept for the next who needs one.
    private(set) var spareCount = 0

    private let slotShift: Int
    private let slotCount: Int
    private var firstSpare: Int32 = 0
    /// No slot before this one is free.
    private var firstFree = 1

    private static let mostAddresses = 8 << Int(UInt32.bitWidth)
    private static let mostSpares = 2

    /// A pool for up to `limit` bytes, in chunks of `chunkSize`.
    init(limit: Int, chunkSize: Int) {
        self.chunkSize = chunkSize
        slotShift = chunkSize.trailingZeroBitCount
        let addresses = limit >= Self.mostAddresses / 8 ? Self.mostAddresses : limit * 8
        slotCount = max(2, addresses >> slotShift)
        base = Pages.map(slotCount << slotShift)
        chunks = Pages.map(slotCount * MemoryLayout<Chunk>.stride).bindMemory(to: Chunk.self, capacity: slotCount)
    }

    deinit {
        Pages.unmap(base, slotCount << slotShift)
        Pages.unmap(chunks, slotCount * MemoryLayout<Chunk>.stride)
    }

    /// What the table of slots takes from memory, at most.
    static func tableSize(limit: Int, chunkSize: Int) -> Int {
        Pages.round(limit * 8 / chunkSize * MemoryLayout<Chunk>.stride)
    }

    /// Entries up to this size share chunks.
    var largestShared: Int { chunkSize / 4 }

    // MARK: Places

    @inline(__always)
    func entry(_ reference: EntryReference) -> CacheEntry { CacheEntry(block: base + Int(reference) << 3) }

    @inline(__always)
    func entry(in chunk: Int32, at offset: UInt32) -> CacheEntry { entry(reference(in: chunk, at: offset)) }

    @inline(__always)
    func reference(in chunk: Int32, at offset: UInt32) -> EntryReference {
        EntryReference(truncatingIfNeeded: (Int(chunk) << slotShift + Int(offset)) >> 3)
    }

    /// The chunk that the entry is in.
    @inline(__always)
    func chunk(of reference: EntryReference) -> Int32 {
        Int32(truncatingIfNeeded: (Int(reference) << 3) >> slotShift)
    }

    @inline(__always)
    subscript(chunk: Int32) -> Chunk {
        get { chunks[Int(chunk)] }
        _modify { yield &chunks[Int(chunk)] }
    }

    // MARK: Taking and giving back

    /// A chunk for many entries; nil when there are no more addresses.
    func take() -> Int32? {
        let chunk: Int32
        if spareCount > 0 {
            chunk = popSpare()
        } else {
            guard let slot = findFree(1) else { return nil }
            chunk = slot
            bytes += chunkSize
        }
        self[chunk] = Chunk(slots: 1)
        return chunk
    }

    /// A chunk for one entry of `size` bytes; nil when there are not enough addresses next to each other.
    func takeRun(_ size: Int) -> Int32? {
        let slots = (size + chunkSize - 1) >> slotShift
        guard let chunk = findFree(slots) else { return nil }
        for slot in 0..<slots { chunks[Int(chunk) + slot] = Chunk(slots: 1) }
        self[chunk] = Chunk(slots: Int32(slots), isRun: true)
        bytes += Pages.round(size)
        return chunk
    }

    /// Gives back the end of a run, whose entry has shrunk from `size` to `newSize` bytes.
    func shrinkRun(_ chunk: Int32, from size: Int, to newSize: Int) {
        let old = Pages.round(size)
        let new = Pages.round(newSize)
        if new < old { Pages.discard(start(chunk) + new, old - new) }
        bytes -= old - new
        let slots = (newSize + chunkSize - 1) >> slotShift
        guard slots < self[chunk].slots else { return }
        for slot in slots..<Int(self[chunk].slots) { chunks[Int(chunk) + slot] = Chunk() }
        if slots > 0 { self[chunk].slots = Int32(slots) }
        firstFree = min(firstFree, Int(chunk) + slots)
    }

    /// Gives a chunk back. A few are kept at hand: taking pages from the system and giving them back costs more than
    /// filling them.
    func giveBack(_ chunk: Int32) {
        if self[chunk].isRun {
            shrinkRun(chunk, from: Int(self[chunk].used), to: 0)
        } else if spareCount < Self.mostSpares {
            self[chunk].newer = firstSpare
            firstSpare = chunk
            spareCount += 1
        } else {
            discard(chunk)
        }
    }

    /// Gives a spare chunk back to the system.
    func discardSpare() { discard(popSpare()) }

    private func popSpare() -> Int32 {
        let chunk = firstSpare
        firstSpare = self[chunk].newer
        spareCount -= 1
        return chunk
    }

    private func discard(_ chunk: Int32) {
        Pages.discard(start(chunk), chunkSize)
        self[chunk] = Chunk()
        firstFree = min(firstFree, Int(chunk))
        bytes -= chunkSize
    }

    private func start(_ chunk: Int32) -> UnsafeMutableRawPointer { base + Int(chunk) << slotShift }

    /// The first `count` free slots next to each other.
    private func findFree(_ count: Int) -> Int32? {
        var found = 0
        for slot in firstFree..<slotCount {
            found = chunks[slot].slots == 0 ? found + 1 : 0
            guard found == count else { continue }
            if count == 1 { firstFree = slot + 1 }
            return Int32(slot - count + 1)
        }
        return nil
    }
}
