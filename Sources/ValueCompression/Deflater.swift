import CZlib

/// A stream of zlib's that compresses one value after the other.
public final class Deflater {
    /// A window of 8 KiB and hash chains of memory level 7: a third of the memory that zlib takes by default. On JSON
    /// of 1 to 16 KB that costs nothing, neither ratio nor time.
    static let windowBits: Int32 = 13
    private static let memoryLevel: Int32 = 7
    /// What a raw stream takes from memory, in bytes, by the rule in zlib's `zconf.h`.
    static let size: Int = (1 << (windowBits + 2)) + (1 << (memoryLevel + 9)) + (6 << 10)

    /// How many bytes `count` bytes can become at most.
    public func bound(_ count: Int) -> Int { Int(deflateBound(stream, UInt(count))) }

    // zlib's state points back to the stream, which therefore can't move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    /// A stream that compresses at `level` (0 to 9) to `format`.
    public init(level: Int, format: DeflateFormat = .raw) {
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream,
            Int32(level),
            Z_DEFLATED,
            format.windowBits,
            Self.memoryLevel,
            Z_DEFAULT_STRATEGY,
            ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        precondition(status == Z_OK, "deflateInit2: no memory, or a level that isn't in 0...9")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Compresses `input` and returns how many bytes of `output` that took; nil if they don't suffice.
    ///
    /// Both are shorter than 4 GiB.
    public func deflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Int? {
        deflateReset(stream)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.assumingMemoryBound(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        guard CZlib.deflate(stream, Z_FINISH) == Z_STREAM_END else { return nil }
        return output.count - Int(stream.pointee.avail_out)
    }
}
