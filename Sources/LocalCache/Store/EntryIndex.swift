/// Finds entries by tags of 32 bits: a hash table in parts that grow by themselves.
///
/// A slot of 8 bytes holds a tag and the place of an entry. Slots are probed one after the other from the one that the
/// tag, read as a fraction, points to, so a lookup touches one or two cache lines, and then only entries whose whole
/// tag is the same. Several entries may have one tag; the caller compares what he asked for.
///
/// The first bits of the tag choose the *part*. A part that is four fifths full gets a table a quarter larger, a page
/// at least, and is copied in order of the tags, from memory to memory in sequence: some ten microseconds, and no more
/// memory for the time of it than one part takes. An entry costs between 10 and 13 bytes, once there are many.
struct EntryIndex {
    private let parts: UnsafeMutablePointer<IndexPart>
    private let partBits: Int
    /// What the tables take from memory.
    private(set) var bytes: Int

    /// The tag of a hash. (The highest bits may have chosen the store already.)
    @inline(__always)
    static func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) }

    /// An empty index of `1 << partBits` parts.
    init(partBits: Int) {
        self.partBits = partBits
        parts = .allocate(capacity: 1 << partBits)
        for part in 0..<(1 << partBits) { (parts + part).initialize(to: IndexPart(tableSize: Pages.size)) }
        bytes = Pages.size << partBits
    }

    func deallocate() {
        for part in 0..<(1 << partBits) { parts[part].deallocate() }
        parts.deallocate()
    }

    @inline(__always)
    private func part(_ tag: UInt32) -> UnsafeMutablePointer<IndexPart> {
        parts + Int(truncatingIfNeeded: UInt64(tag) &>> UInt64(truncatingIfNeeded: 32 - partBits))
    }

    /// The tag's bits that the choice of the part leaves.
    @inline(__always)
    private func rest(_ tag: UInt32) -> UInt32 { tag &<< UInt32(truncatingIfNeeded: partBits) }

    /// Has the slot fetched at which the search for the tag begins; see ``IndexPart/prefetch(_:)``.
    @inline(__always)
    func prefetch(_ tag: UInt32) { part(tag).pointee.prefetch(rest(tag)) }

    /// The first entry with the tag that `matches`; 0 if there is none.
    @inline(__always)
    func find(_ tag: UInt32, where matches: (EntryReference) -> Bool) -> EntryReference {
        let part = part(tag)
        var place = part.pointee.home(rest(tag))
        while true {
            let slot = part.pointee.slots[place]
            if UInt32(truncatingIfNeeded: slot >> 32) == tag {
                let reference = EntryReference(truncatingIfNeeded: slot)
                if reference == 0 || matches(reference) { return reference }
            } else if slot == 0 {
                return 0
            }
            place = part.pointee.place(after: place)
        }
    }

    /// Adds an entry. There must be room for it (``tableWanted(for:)``).
    mutating func insert(_ tag: UInt32, _ reference: EntryReference) {
        part(tag).pointee.insert(UInt64(tag) << 32 | UInt64(reference), rest(tag))
    }

    /// Takes an entry out.
    mutating func remove(_ tag: UInt32, _ reference: EntryReference) {
        part(tag).pointee.remove(UInt64(tag) << 32 | UInt64(reference), rest(tag)) { rest($0) }
    }

    /// Says where an entry is now that it has moved, or what stands for the tag in its stead.
    mutating func replace(_ tag: UInt32, _ reference: EntryReference, by newReference: EntryReference) {
        let part = part(tag)
        let place = part.pointee.place(of: UInt64(tag) << 32 | UInt64(reference), rest(tag))
        part.pointee.slots[place] = UInt64(tag) << 32 | UInt64(newReference)
    }

    // MARK: Its size

    /// How large a table the tag's part needs before one more entry is added; nil if it has one.
    func tableWanted(for tag: UInt32) -> Int? { part(tag).pointee.tableWantedToGrow }

    /// Gives the tag's part a table of `size` bytes.
    mutating func resize(for tag: UInt32, to size: Int) { resize(part(tag), to: size) }

    private mutating func resize(_ part: UnsafeMutablePointer<IndexPart>, to size: Int) {
        bytes += size - part.pointee.tableSize
        part.pointee.resize(to: size) { rest($0) }
    }

    /// Gives memory of parts that have lost most of their entries back, as long as no more than `spare` bytes are
    /// needed to do it.
    mutating func shrink(within spare: Int) {
        for part in parts..<(parts + 1 << partBits) {
            if let size = part.pointee.tableWantedToShrink, size <= spare { resize(part, to: size) }
        }
    }

    /// Empties it.
    mutating func removeAll() {
        for part in parts..<(parts + 1 << partBits) {
            part.pointee.deallocate()
            part.pointee = IndexPart(tableSize: Pages.size)
        }
        bytes = Pages.size << partBits
    }
}
