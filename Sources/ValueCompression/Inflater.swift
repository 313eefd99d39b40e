import CZlib

/// A stream of zlib's that inflates what a ``Deflater`` made.
final class Inflater {
    /// What the stream takes from memory at most, in bytes: its state, and a window that only broken input fills.
    static let size: Int = (1 << Deflater.windowBits) + (7 << 10)

    // zlib's state points back to the stream, which therefore can't move.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init() {
        stream.initialize(to: z_stream())
        let status = inflateInit2_(stream, -Deflater.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "inflateInit2: no memory")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Inflates `input`; true if it was one whole stream and filled `output` exactly.
    ///
    /// Both are shorter than 4 GiB. Nothing is written behind `output`, whatever the input is.
    func inflate(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> Bool {
        inflateReset(stream)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: input.assumingMemoryBound(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = UInt32(input.count)
        stream.pointee.next_out = output.assumingMemoryBound(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(output.count)
        return CZlib.inflate(stream, Z_FINISH) == Z_STREAM_END
            && stream.pointee.avail_in == 0 && stream.pointee.avail_out == 0
    }
}
