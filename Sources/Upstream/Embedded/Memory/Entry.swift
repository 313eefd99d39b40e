/// A key and its value in one block of memory: header, key, value.
///
/// | bytes | what |
/// |---|---|
/// | 0–7 | when it expires, Unix time in ms; ``never`` if it doesn't |
/// | 8–11 | how it has been used (``KeyUse``) |
/// | 12–15 | the length of the value |
/// | 16–19 | the length of the key |
/// | 20–23 | what kind of value it is (three bits) and what the block takes from memory, in units of 16 bytes |
/// | 24– | the key, then the value |
///
/// The value of a string is its bytes, of a small hash a ``PackedFields``, of a large one a pointer to a
/// ``FieldTable``.
struct Entry: DictElement {
    /// The deadline of a key that has none.
    static let never = Int64.max
    /// What precedes the key.
    static let headerSize = 24

    let block: UnsafeMutableRawPointer

    @inline(__always)
    init(block: UnsafeMutableRawPointer) { self.block = block }

    /// A new entry with room for `capacity` bytes of value. The value itself is yet to be written.
    @inline(__always)
    init(key: UnsafeRawBufferPointer, kind: Kind, valueLength: Int, capacity: Int) {
        let cost = Heap.cost(Self.headerSize + key.count + capacity)
        self.init(block: Heap.allocate(Self.headerSize + key.count + capacity))
        block.storeBytes(of: Self.never, as: Int64.self)
        block.storeBytes(of: 0, toByteOffset: 8, as: UInt32.self)
        block.storeBytes(of: UInt32(truncatingIfNeeded: valueLength), toByteOffset: 12, as: UInt32.self)
        block.storeBytes(of: UInt32(truncatingIfNeeded: key.count), toByteOffset: 16, as: UInt32.self)
        let kindAndCost = UInt32(kind.rawValue) | UInt32(truncatingIfNeeded: cost >> 4) << 3
        block.storeBytes(of: kindAndCost, toByteOffset: 20, as: UInt32.self)
        if let bytes = key.baseAddress { (block + Self.headerSize).copyMemory(from: bytes, byteCount: key.count) }
    }

    /// When it expires.
    @inline(__always)
    var expiry: Int64 {
        get { block.load(as: Int64.self) }
        nonmutating set { block.storeBytes(of: newValue, as: Int64.self) }
    }

    /// How it has been used.
    @inline(__always)
    var use: KeyUse {
        get { KeyUse(bits: block.load(fromByteOffset: 8, as: UInt32.self)) }
        nonmutating set { block.storeBytes(of: newValue.bits, toByteOffset: 8, as: UInt32.self) }
    }

    /// How long the value is. May be set up to ``capacity``.
    @inline(__always)
    var valueLength: Int {
        get { Int(block.load(fromByteOffset: 12, as: UInt32.self)) }
        nonmutating set {
            block.storeBytes(of: UInt32(truncatingIfNeeded: newValue), toByteOffset: 12, as: UInt32.self)
        }
    }

    @inline(__always) private var keyLength: Int { Int(block.load(fromByteOffset: 16, as: UInt32.self)) }
    @inline(__always) private var kindAndCost: UInt32 { block.load(fromByteOffset: 20, as: UInt32.self) }

    /// What the value is.
    @inline(__always)
    var kind: Kind {
        get { Kind(rawValue: UInt8(truncatingIfNeeded: kindAndCost & 7)).unsafelyUnwrapped }
        nonmutating set {
            block.storeBytes(of: kindAndCost & ~7 | UInt32(newValue.rawValue), toByteOffset: 20, as: UInt32.self)
        }
    }

    /// What the block takes from memory.
    @inline(__always) var cost: Int { Int(kindAndCost >> 3) << 4 }

    /// What it takes from memory, the fields of a large hash included.
    var wholeCost: Int { kind == .tableHash ? cost + table.bytes : cost }

    /// How long the value may get in this block.
    @inline(__always) var capacity: Int { Heap.capacity(cost: cost) - Self.headerSize - keyLength }

    /// The key.
    @inline(__always)
    var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: block + Self.headerSize, count: keyLength) }

    /// Where the value begins.
    @inline(__always) var valueStart: UnsafeMutableRawPointer { block + Self.headerSize + keyLength }

    /// The value's bytes.
    @inline(__always)
    var value: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: valueStart, count: valueLength) }

    /// The fields of a large hash.
    @inline(__always)
    var table: FieldTable {
        Unmanaged.fromOpaque(valueStart.loadUnaligned(as: UnsafeRawPointer.self)).takeUnretainedValue()
    }
}
