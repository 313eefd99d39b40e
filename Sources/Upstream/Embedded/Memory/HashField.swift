/// A field of a large hash and its value in one block of memory: two lengths of four bytes, field, value.
struct HashField: DictElement {
    private static let headerSize = 8

    let block: UnsafeMutableRawPointer

    init(block: UnsafeMutableRawPointer) { self.block = block }

    /// A new field.
    init(_ field: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
        self.init(block: Heap.allocate(Self.headerSize + field.count + value.count))
        block.storeBytes(of: UInt32(truncatingIfNeeded: field.count), as: UInt32.self)
        if let bytes = field.baseAddress { (block + Self.headerSize).copyMemory(from: bytes, byteCount: field.count) }
        write(value)
    }

    private var fieldLength: Int { Int(block.load(as: UInt32.self)) }
    private var valueLength: Int { Int(block.load(fromByteOffset: 4, as: UInt32.self)) }

    /// The field's name.
    var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: block + Self.headerSize, count: fieldLength) }

    /// The value.
    var value: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: block + Self.headerSize + fieldLength, count: valueLength)
    }

    /// What the block takes from memory.
    var cost: Int { Heap.cost(Self.headerSize + fieldLength + valueLength) }

    /// Puts `value` in place of the value if the block stays as large as it is; otherwise nothing happens.
    func overwrite(_ value: UnsafeRawBufferPointer) -> Bool {
        guard Heap.cost(Self.headerSize + fieldLength + value.count) == cost else { return false }
        write(value)
        return true
    }

    private func write(_ value: UnsafeRawBufferPointer) {
        block.storeBytes(of: UInt32(truncatingIfNeeded: value.count), toByteOffset: 4, as: UInt32.self)
        if let bytes = value.baseAddress {
            (block + Self.headerSize + fieldLength).copyMemory(from: bytes, byteCount: value.count)
        }
    }
}
