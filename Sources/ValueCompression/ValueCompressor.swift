/// Compresses values and gives them back: one for each shard of a cache, used by one thread at a time.
///
/// **Format.** Raw deflate, and behind it the CRC-32 of those bytes: of the compressed ones because there are fewer of
/// them, because any change of up to 32 bits in a row is then found for certain, and because nothing damaged gets as
/// far as zlib. zlib's own format has an Adler-32 of the original instead, and that isn't enough: of a million changes
/// of one byte to compressed lists of users it let 22 pass, wrong digits and all (216 for 135, say). The original size
/// is kept by the caller, who needs it for its accounts anyway; a stream that would give more or less is refused.
///
/// **Level.** Of 660 values of JSON, 1 to 16 KB, level 1 leaves 33.7 % in 41 µs (the mean, at 4.8 KB), level 4 32.3 %
/// in 53 µs, level 6 31.7 % in 59 µs, level 9 31.3 % in 64 µs; of lists of records, 4 KB each, level 1 34.4 % in 38 µs,
/// level 3 33.1 % in 41 µs, level 6 31.8 % in 57 µs. What the higher ones gain, a twentieth, isn't worth a third more
/// of an event loop's time; level 3 gains half of it nearly for nothing. A preset dictionary of JSON's usual phrases
/// would gain another 1.5 %; it isn't worth a second thing to keep in step with the values. Inflating takes 14 µs.
///
/// **Giving up.** A value must shrink to 7/8, and zlib gets no more room than that. In between there is little: the
/// JSON shrinks below 0.6, bytes in base64 to 0.77, and what is compressed already stays at 1. To find that out costs
/// twice what compressing would (29 µs for 4 KB, 15 ms for 1 MB), so the caller should remember it.
///
/// **Memory.** The streams are made when they are first used, 117 KiB together. The two result buffers are separate, so
/// that values can be compressed to make room for one just inflated. Each keeps 64 KiB, and more only until a smaller
/// result follows (see ``ScratchBuffer``).
public final class ValueCompressor {
    /// Values of fewer bytes than this are left alone.
    public let minimumSize: Int

    private let level: Int
    private var deflater: Deflater?
    private var inflater: Inflater?
    private var compressed = ScratchBuffer()
    private var inflated = ScratchBuffer()

    /// The most that a byte of a deflate stream can become: a match of 258 bytes in two bits.
    private static let largestExpansion = 1032

    /// A compressor of values from `minimumSize` bytes on, at zlib's `level`: 1 is fastest, 9 is smallest.
    public init(level: Int = 3, minimumSize: Int) {
        precondition((1...9).contains(level), "zlib's levels are 1 to 9")
        self.level = level
        self.minimumSize = minimumSize
    }

    /// What it holds in memory, in bytes, to within a few KiB.
    public var memoryBytes: Int {
        (deflater == nil ? 0 : Deflater.size) + (inflater == nil ? 0 : Inflater.size) + compressed.size + inflated.size
    }

    /// The value compressed, or nil if it is shorter than ``minimumSize`` or doesn't shrink to 7/8.
    ///
    /// The result is valid until the next call of this method.
    public func compress(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard bytes.count >= max(1, minimumSize), bytes.count <= UInt32.max else { return nil }
        let deflater = deflater ?? Deflater(level: level)
        self.deflater = deflater
        let output = compressed.reserve(max(Seal.size, bytes.count - (bytes.count + 7) / 8))
        let room = UnsafeMutableRawBufferPointer(rebasing: output.dropLast(Seal.size))
        guard let count = deflater.deflate(bytes, into: room) else { return nil }
        return Seal.close(output, count: count)
    }

    /// The value of `size` bytes that was compressed to `bytes`, or nil if they are anything else: damaged, cut short,
    /// followed by something, or a value of another size.
    ///
    /// It writes no further than `size`, takes no more memory than a ``ScratchBuffer`` of `size`, and none for a size
    /// that so few bytes can't become. The result is valid until the next call of this method.
    public func inflate(_ bytes: UnsafeRawBufferPointer, size: Int) -> UnsafeRawBufferPointer? {
        guard size > 0, size <= UInt32.max, bytes.count <= UInt32.max else { return nil }
        guard let stream = Seal.open(bytes), size / Self.largestExpansion <= stream.count else { return nil }
        let inflater = inflater ?? Inflater()
        self.inflater = inflater
        let output = inflated.reserve(size)
        return inflater.inflate(stream, into: output) ? UnsafeRawBufferPointer(output) : nil
    }
}
