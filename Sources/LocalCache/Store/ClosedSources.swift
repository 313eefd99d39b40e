/// The connections that have ended while entries that came through them may still lie in the store: a bit for each
/// number, from the lowest of them on.
struct ClosedSources {
    /// What it takes from memory, at most.
    static let mostBytes = 4096

    private var words: [UInt64] = []
    private var base: UInt32 = 0
    private var isPassComplete = false

    private static let mostNumbers = UInt32(mostBytes * 8)

    /// Whether what came through `source` is gone.
    @inline(__always)
    func contains(_ source: UInt32) -> Bool {
        if words.isEmpty { return false }
        let bit = Int(source) - Int(base)
        return bit >= 0 && bit < words.count * 64 && words[bit / 64] >> UInt64(bit % 64) & 1 != 0
    }

    /// From now on, what came through `source` is gone. False: it can't be remembered, because its number is too far
    /// from others that are.
    mutating func insert(_ source: UInt32) -> Bool {
        let word = source & ~63
        let end = words.isEmpty ? word : base + UInt32(words.count - 1) * 64
        let first = words.isEmpty ? word : min(base, word)
        guard max(end, word) - first < Self.mostNumbers else { return false }
        words.insert(contentsOf: repeatElement(0, count: words.isEmpty ? 0 : Int(base - first) / 64), at: 0)
        base = first
        let index = Int(source - base) / 64
        if index >= words.count { words.append(contentsOf: repeatElement(0, count: index + 1 - words.count)) }
        words[index] |= 1 << UInt64(source % 64)
        isPassComplete = false
        return true
    }

    /// A sweep begins that will see every entry.
    mutating func passBegins() { isPassComplete = true }

    /// The sweep that began last has seen every entry: if no connection has ended meanwhile, there are no more entries
    /// of any that has.
    mutating func passEnds() { if isPassComplete { removeAll() } }

    /// There are no entries any more.
    mutating func removeAll() { words = [] }
}
