/// One cache line of a ``Dict``: up to seven elements and what is known of each without touching it.
///
/// The first word tells about the elements, the other seven point to them:
/// - byte `i` (0 to 6): seven bits of the hash of element `i`, its *tag*, and in bit 7 its *mark*;
/// - byte 7: bit `i` is set when place `i` is taken; bit 7 when the bucket is *chained*. Then the last place holds a
///   pointer to a further bucket instead of an element.
///
/// All tags are compared at once, so that a lookup touches this line and, but for one case in some twenty, only the
/// element that it is looking for.
struct Bucket: Equatable {
    /// How many elements a bucket has room for.
    static let capacity = 7
    /// Its size in bytes.
    static let size = 64

    let words: UnsafeMutablePointer<UInt64>

    private static let tagLanes: UInt64 = 0x007F_7F7F_7F7F_7F7F
    private static let markLanes: UInt64 = 0x0080_8080_8080_8080
    private static let ones: UInt64 = 0x0001_0101_0101_0101
    private static let chainedBit: UInt64 = 1 << 63

    /// The tag of a hash: bits that don't choose the bucket.
    @inline(__always)
    static func tag(_ hash: UInt64) -> UInt64 { hash >> 57 }

    @inline(__always)
    private var meta: UInt64 {
        get { words[0] }
        nonmutating set { words[0] = newValue }
    }

    /// The places taken, a bit each.
    @inline(__always) var taken: UInt64 { (meta >> 56) & 0x7F }

    /// Whether there is a further bucket.
    @inline(__always) var isChained: Bool { meta & Self.chainedBit != 0 }

    /// Whether it holds nothing, nor any bucket behind it.
    @inline(__always) var isEmpty: Bool { meta >> 56 == 0 }

    /// The further bucket.
    @inline(__always)
    var next: Bucket? {
        guard isChained, let pointer = UnsafeMutablePointer<UInt64>(bitPattern: UInt(words[7])) else { return nil }
        return Bucket(words: pointer)
    }

    /// The places whose tags are `tag`, bit 7 of each place's byte; some may not be taken.
    @inline(__always)
    func candidates(_ tag: UInt64) -> UInt64 {
        // 0x80 minus a difference of seven bits keeps bit 7 only where the difference is zero.
        (Self.markLanes &- ((meta & Self.tagLanes) ^ (tag &* Self.ones))) & Self.markLanes
    }

    /// Whether `place` is taken.
    @inline(__always)
    func isTaken(_ place: Int) -> Bool { meta >> UInt64(56 + place) & 1 != 0 }

    /// A place that isn't taken.
    @inline(__always)
    var freePlace: Int? {
        let free = ~(meta >> 56) & (isChained ? 0x3F : 0x7F)
        return free == 0 ? nil : free.trailingZeroBitCount
    }

    /// The block of the element at `place`.
    @inline(__always)
    func block(_ place: Int) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(bitPattern: UInt(words[1 + place])).unsafelyUnwrapped
    }

    /// Puts another block at `place`, with the same key.
    @inline(__always)
    func setBlock(_ block: UnsafeMutableRawPointer, _ place: Int) { words[1 + place] = UInt64(UInt(bitPattern: block)) }

    /// Whether the element at `place` is marked.
    @inline(__always)
    func isMarked(_ place: Int) -> Bool { meta >> UInt64(place * 8 + 7) & 1 != 0 }

    /// The places that are marked, a bit each.
    @inline(__always) var marked: UInt64 { (((meta & Self.markLanes) >> 7) &* 0x0102_0408_1020_4000) >> 56 & taken }

    /// Marks the element at `place`, or not.
    @inline(__always)
    func setMarked(_ marked: Bool, _ place: Int) {
        let bit = 1 << UInt64(place * 8 + 7) as UInt64
        meta = marked ? meta | bit : meta & ~bit
    }

    /// Puts an element at a free place.
    @inline(__always)
    func put(_ block: UnsafeMutableRawPointer, tag: UInt64, marked: Bool, at place: Int) {
        let lane = UInt64(place * 8)
        meta = (meta & ~(0xFF << lane)) | ((tag | (marked ? 0x80 : 0)) << lane) | 1 << UInt64(56 + place)
        setBlock(block, place)
    }

    /// Gives up what is at `place`.
    @inline(__always)
    func clear(_ place: Int) { meta &= ~(1 << UInt64(56 + place)) }

    /// Moves the element at `place` to a free place of `target`.
    func move(_ place: Int, to target: Bucket, _ targetPlace: Int) {
        let byte = meta >> UInt64(place * 8) & 0xFF
        target.put(block(place), tag: byte & 0x7F, marked: byte & 0x80 != 0, at: targetPlace)
        clear(place)
    }

    /// Chains `bucket`, an empty one, behind this one, which is full: the last place's element moves there.
    func chain(_ bucket: Bucket) {
        move(Self.capacity - 1, to: bucket, 0)
        words[7] = UInt64(UInt(bitPattern: bucket.words))
        meta |= Self.chainedBit
    }

    /// Lets go of the further bucket.
    func unchain() { meta &= ~Self.chainedBit }

    /// Empties the bucket, whatever is in it.
    func reset() { meta = 0 }
}
