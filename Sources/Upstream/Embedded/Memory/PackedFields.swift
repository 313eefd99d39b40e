import RESP

/// The fields of a small hash, one behind the other in the order in which they were set, as in Redis's listpack.
///
/// The number of fields in two bytes; then for each field a byte with its length, the field, a byte with the value's
/// length, the value. This is a view of those bytes.
struct PackedFields {
    /// The most fields a hash may have in this form (`hash-max-listpack-entries`).
    static let mostFields = 512
    /// The longest field or value it may have (`hash-max-listpack-value`).
    static let longestItem = 64
    /// The most bytes it takes, about.
    static let mostBytes = mostFields * (2 * longestItem + 2)
    /// How long an empty one is.
    static let emptyLength = 2

    private let start: UnsafeMutableRawPointer
    private let length: Int

    /// The fields in the value of `entry`.
    init(_ entry: Entry) {
        start = entry.valueStart
        length = entry.valueLength
    }

    /// How many fields.
    var count: Int {
        get { Int(start.loadUnaligned(as: UInt16.self)) }
        nonmutating set { start.storeBytes(of: UInt16(truncatingIfNeeded: newValue), as: UInt16.self) }
    }

    /// Where the first pair is, if there is one.
    var first: PackedPair? { pair(at: Self.emptyLength) }

    /// Where the pair behind `pair` is, if there is one.
    func next(_ pair: PackedPair) -> PackedPair? { self.pair(at: pair.end) }

    /// The pair of `field`.
    func find(_ field: UnsafeRawBufferPointer) -> PackedPair? {
        var pair = first
        while let current = pair {
            if current.field.equals(field) { return current }
            pair = next(current)
        }
        return nil
    }

    /// How many bytes a pair takes.
    static func length(_ field: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Int {
        2 + field.count + value.count
    }

    /// Writes a pair at `target`.
    static func write(
        _ field: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer,
        at target: UnsafeMutableRawPointer
    ) {
        write(item: field, at: target)
        write(item: value, at: target + 1 + field.count)
    }

    /// Writes a field or a value at `target`.
    static func write(item: UnsafeRawBufferPointer, at target: UnsafeMutableRawPointer) {
        target.storeBytes(of: UInt8(truncatingIfNeeded: item.count), as: UInt8.self)
        if let bytes = item.baseAddress { (target + 1).copyMemory(from: bytes, byteCount: item.count) }
    }

    private func pair(at offset: Int) -> PackedPair? {
        guard offset < length else { return nil }
        let fieldLength = Int(start.load(fromByteOffset: offset, as: UInt8.self))
        let valueOffset = offset + 1 + fieldLength
        let valueLength = Int(start.load(fromByteOffset: valueOffset, as: UInt8.self))
        return PackedPair(
            offset: offset,
            field: UnsafeRawBufferPointer(start: start + offset + 1, count: fieldLength),
            value: UnsafeRawBufferPointer(start: start + valueOffset + 1, count: valueLength)
        )
    }
}
