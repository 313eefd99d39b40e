import CPrefetch
import RESP

/// A reply kept in the cache, with what it is the reply to, as one block of memory: header, key, arguments, reply.
///
/// | bytes | what |
/// |---|---|
/// | 0–3 | the deadline, on the cache's clock |
/// | 4–7 | the connection that the reply came through |
/// | 8–11 | the key's tag: 32 bits of its hash |
/// | 12–15 | the length of the reply as it lies here |
/// | 16–19 | the next reply of the same key (a place in the ``ChunkPool``), 0 for none |
/// | 20–23 | the previous one; 0 for the first, which is the one that the index finds by the key's tag |
/// | 24–25 | the length of the key |
/// | 26–27 | the length of the arguments |
/// | 28–29 | the namespace |
/// | 30 | bits 0–1: how often it was hit of late, up to 3; bit 2: hit while young; the others: its birth (``Youth``) |
/// | 31 | what the reply is, 0 once it is out of the cache; bit 7: compressed; bit 6: the deadline is its key's |
/// | 32– | key, arguments, reply; the whole a multiple of 8 |
///
/// A compressed reply begins with its plain length, in 4 bytes.
package struct CacheEntry {
    static let headerSize = 32
    /// Hits beyond these aren't counted.
    static let mostFrequency: UInt8 = 3
    private static let burstBit: UInt8 = 4
    private static let birthShift: UInt8 = 3

    private static let compressedBit: UInt8 = 0x80
    private static let expiresWithKeyBit: UInt8 = 0x40

    let block: UnsafeMutableRawPointer

    @inline(__always)
    init(block: UnsafeMutableRawPointer) { self.block = block }

    /// Has its first cache lines fetched: header, key, and what there is of a short reply.
    @inline(__always)
    func prefetch() {
        ocm_prefetch(block)
        ocm_prefetch(block + 64)
        ocm_prefetch(block + 128)
    }

    /// How large a block is.
    @inline(__always)
    static func size(key: Int, arguments: Int, reply: Int) -> Int { (headerSize + key + arguments + reply + 7) & ~7 }

    /// Writes an entry of its own at `block`: the only reply of its key, not hit yet.
    @inline(__always)
    init(at block: UnsafeMutableRawPointer, _ id: CacheID, _ fill: CacheFill) {
        self.init(block: block)
        block.storeBytes(of: fill.deadline.ticks, as: UInt32.self)
        block.storeBytes(of: fill.source, toByteOffset: 4, as: UInt32.self)
        block.storeBytes(of: EntryIndex.tag(id.hash), toByteOffset: 8, as: UInt32.self)
        block.storeBytes(of: UInt32(truncatingIfNeeded: fill.reply.count), toByteOffset: 12, as: UInt32.self)
        block.storeBytes(of: 0, toByteOffset: 16, as: UInt64.self)
        block.storeBytes(of: Self.question(id), toByteOffset: 24, as: UInt64.self)
        let state = fill.kind.rawValue | (fill.expiresWithKey ? Self.expiresWithKeyBit : 0)
        block.storeBytes(of: state, toByteOffset: 31, as: UInt8.self)
        var target = block + Self.headerSize
        target.append(id.key)
        target.append(id.arguments)
        target.append(fill.reply)
    }

    /// Writes at `block` what `other` is, with another reply: compressed or plain.
    init(at block: UnsafeMutableRawPointer, like other: CacheEntry, reply: UnsafeRawBufferPointer, plainLength: Int?) {
        self.init(block: block)
        let prefix = Self.headerSize + other.keyLength + other.argumentsLength
        if block != other.block { block.copyMemory(from: other.block, byteCount: prefix) }
        var target = block + prefix
        if let plainLength {
            target.storeBytes(of: UInt32(truncatingIfNeeded: plainLength), as: UInt32.self)
            target += 4
        }
        target.append(reply)
        let length = UInt32(truncatingIfNeeded: target - (block + prefix))
        block.storeBytes(of: length, toByteOffset: 12, as: UInt32.self)
        let kind = other.state & ~Self.compressedBit | (plainLength == nil ? 0 : Self.compressedBit)
        block.storeBytes(of: kind, toByteOffset: 31, as: UInt8.self)
    }

    /// Makes `size` bytes at `block` what a removed entry leaves behind.
    static func writeHole(at block: UnsafeMutableRawPointer, _ size: Int) {
        block.storeBytes(of: UInt32(truncatingIfNeeded: size - headerSize), toByteOffset: 12, as: UInt32.self)
        block.storeBytes(of: 0, toByteOffset: 24, as: UInt64.self)
    }

    // MARK: The header

    @inline(__always) var deadline: CacheTime { CacheTime(ticks: block.load(as: UInt32.self)) }
    @inline(__always) var source: UInt32 { block.load(fromByteOffset: 4, as: UInt32.self) }
    @inline(__always) var tag: UInt32 { block.load(fromByteOffset: 8, as: UInt32.self) }
    @inline(__always) private var replyLength: Int { Int(block.load(fromByteOffset: 12, as: UInt32.self)) }
    @inline(__always) private var keyLength: Int { Int(block.load(fromByteOffset: 24, as: UInt16.self)) }
    @inline(__always) private var argumentsLength: Int { Int(block.load(fromByteOffset: 26, as: UInt16.self)) }
    @inline(__always) var namespace: UInt16 { block.load(fromByteOffset: 28, as: UInt16.self) }
    @inline(__always) private var state: UInt8 { block.load(fromByteOffset: 31, as: UInt8.self) }

    /// The next reply of the key.
    @inline(__always)
    var next: EntryReference {
        get { block.load(fromByteOffset: 16, as: UInt32.self) }
        nonmutating set { block.storeBytes(of: newValue, toByteOffset: 16, as: UInt32.self) }
    }

    /// The previous reply of the key.
    @inline(__always)
    var previous: EntryReference {
        get { block.load(fromByteOffset: 20, as: UInt32.self) }
        nonmutating set { block.storeBytes(of: newValue, toByteOffset: 20, as: UInt32.self) }
    }

    /// Whether it is the reply that the index finds by the key's tag.
    @inline(__always) var isFirstOfKey: Bool { previous == 0 }

    /// How often it was hit. Who sets it makes an entry of it that isn't young.
    @inline(__always)
    var frequency: UInt8 {
        get { use & Self.mostFrequency }
        nonmutating set { use = newValue }
    }

    @inline(__always)
    private var use: UInt8 {
        get { block.load(fromByteOffset: 30, as: UInt8.self) }
        nonmutating set { block.storeBytes(of: newValue, toByteOffset: 30, as: UInt8.self) }
    }

    /// Counts a hit, if it is to be counted and there aren't enough.
    @inline(__always)
    func noteHit(_ youth: inout Youth) {
        let use = use
        guard use & Self.mostFrequency < Self.mostFrequency else { return }
        self.use = youth.counts(hitOfBorn: use >> Self.birthShift) ? use + 1 : use | Self.burstBit
    }

    /// Whether it was hit while it was young.
    var cameInBurst: Bool { use & Self.burstBit != 0 }

    /// It has come into the small queue now.
    @inline(__always)
    func noteBirth(_ youth: Youth) { use = use & Self.mostFrequency | youth.tick << Self.birthShift }

    /// What the reply is. Not to be asked of an entry that is removed.
    @inline(__always)
    var kind: CachedReply.Kind { CachedReply.Kind(rawValue: state & 0x3F).unsafelyUnwrapped }

    /// Whether the deadline is when the key expires.
    var expiresWithKey: Bool { state & Self.expiresWithKeyBit != 0 }

    @inline(__always) var isCompressed: Bool { state & Self.compressedBit != 0 }

    /// Whether the entry is out of the cache, its block yet to be passed by its queue.
    @inline(__always) var isRemoved: Bool { state == 0 }

    /// Takes the entry out of the cache.
    func markRemoved() { block.storeBytes(of: 0, toByteOffset: 31, as: UInt8.self) }

    // MARK: The bytes

    /// How large the block is.
    @inline(__always)
    var size: Int { Self.size(key: keyLength, arguments: argumentsLength, reply: replyLength) }

    /// How large the block would be with another reply.
    func size(reply: Int) -> Int { Self.size(key: keyLength, arguments: argumentsLength, reply: reply) }

    @inline(__always)
    var key: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: block + Self.headerSize, count: keyLength) }

    @inline(__always)
    var arguments: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: block + Self.headerSize + keyLength, count: argumentsLength)
    }

    /// The reply as it lies here, compressed or not.
    @inline(__always)
    package var reply: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: block + Self.headerSize + keyLength + argumentsLength, count: replyLength)
    }

    /// What was compressed, without its plain length in front.
    var compressedReply: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: reply.dropFirst(4)) }

    /// How long the reply is when it is plain.
    var plainLength: Int { isCompressed ? Int(reply.loadUnaligned(as: UInt32.self)) : replyLength }

    // MARK: Whose reply it is

    /// The last word of a new entry's header: how long key and arguments are, and the namespace.
    @inline(__always)
    private static func question(_ id: CacheID) -> UInt64 {
        UInt64(truncatingIfNeeded: id.key.count) | UInt64(truncatingIfNeeded: id.arguments.count) << 16
            | UInt64(id.namespace) << 32
    }

    /// Whether this is the reply to what `id` asks.
    @inline(__always)
    func answers(_ id: CacheID) -> Bool {
        let question = block.load(fromByteOffset: 24, as: UInt64.self) & 0xFFFF_FFFF_FFFF
        return question == Self.question(id) && key.equals(id.key)
            && (id.arguments.isEmpty || arguments.equals(id.arguments))
    }
}

extension UnsafeMutableRawPointer {
    /// Copies `bytes` here and moves behind them.
    @inline(__always)
    fileprivate mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress { copyMemory(from: start, byteCount: bytes.count) }
        self += bytes.count
    }
}
