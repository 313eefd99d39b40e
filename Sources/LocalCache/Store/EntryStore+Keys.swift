import RESP

/// Which entries there are: the index, and the links between replies of one key.
extension EntryStore {
    /// The entry that answers `id`; 0 if there is none.
    @inline(__always)
    func lookup(_ id: CacheID) -> EntryReference {
        let tag = EntryIndex.tag(id.hash)
        var hasOthers = false
        let reference = index.find(tag) { reference in
            let entry = pool.entry(reference)
            if entry.answers(id) { return true }
            if entry.next != 0, entry.isFirstOfKey { hasOthers = true }
            return false
        }
        return hasOthers && reference == 0 ? lookupAmongOthers(id) : reference
    }

    @inline(never)
    private func lookupAmongOthers(_ id: CacheID) -> EntryReference {
        index.find(Self.tag(Self.identity(id))) { pool.entry($0).answers(id) }
    }

    /// The entry that the replies of the keys with this tag are linked to; 0 if there are none.
    func first(_ tag: UInt32) -> EntryReference {
        index.find(tag) { reference in
            let entry = pool.entry(reference)
            return entry.isFirstOfKey && entry.tag == tag
        }
    }

    // MARK: Hashes of what is asked

    /// A hash of key, namespace and arguments.
    static func identity(_ id: CacheID) -> UInt64 { identity(EntryIndex.tag(id.hash), id.namespace, id.arguments) }

    /// The hash of what `entry` answers.
    static func identity(_ entry: CacheEntry) -> UInt64 { identity(entry.tag, entry.namespace, entry.arguments) }

    private static func identity(_ tag: UInt32, _ namespace: UInt16, _ arguments: UnsafeRawBufferPointer) -> UInt64 {
        var mixed = UInt64(tag) << 16 | UInt64(namespace)
        if !arguments.isEmpty { mixed ^= KeyHash.process(arguments) }
        mixed = (mixed ^ mixed >> 32) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 29) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 32
    }

    /// The tag by which the index finds a reply that isn't its key's first.
    static func tag(_ identity: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: identity >> 32) }

    private func indexTag(_ entry: CacheEntry) -> UInt32 {
        entry.isFirstOfKey ? entry.tag : Self.tag(Self.identity(entry))
    }

    // MARK: Links

    /// Takes a new entry into the index, and links it to the other replies of its key.
    func link(_ reference: EntryReference) {
        let entry = pool.entry(reference)
        let first = first(entry.tag)
        if first != 0 {
            entry.previous = first
            entry.next = pool.entry(first).next
            pool.entry(first).next = reference
            if entry.next != 0 { pool.entry(entry.next).previous = reference }
        }
        index.insert(indexTag(entry), reference)
    }

    /// Takes an entry out of the index. If it was its key's first, the next one is now.
    func unlink(_ reference: EntryReference) {
        let entry = pool.entry(reference)
        if !entry.isFirstOfKey {
            index.remove(indexTag(entry), reference)
            pool.entry(entry.previous).next = entry.next
            if entry.next != 0 { pool.entry(entry.next).previous = entry.previous }
        } else if entry.next == 0 {
            index.remove(entry.tag, reference)
        } else {
            let next = pool.entry(entry.next)
            index.remove(indexTag(next), entry.next)
            index.replace(entry.tag, reference, by: entry.next)
            next.previous = 0
        }
    }

    /// Says that an entry, and its header with it, has been copied to `newReference`.
    func relink(_ reference: EntryReference, to newReference: EntryReference) {
        let entry = pool.entry(newReference)
        index.replace(indexTag(entry), reference, by: newReference)
        if entry.next != 0 { pool.entry(entry.next).previous = newReference }
        if entry.previous != 0 { pool.entry(entry.previous).next = newReference }
    }
}
