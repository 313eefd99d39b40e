import CZlib

/// The CRC-32 behind a compressed value, by which it's known to be what it was.
enum Seal {
    /// How many bytes it has.
    static let size = 4

    /// Seals the first `count` bytes of `buffer`, which has room behind them, and returns them with the seal.
    static func close(_ buffer: UnsafeMutableRawBufferPointer, count: Int) -> UnsafeRawBufferPointer {
        let content = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        buffer.storeBytes(of: checksum(of: content), toByteOffset: count, as: UInt32.self)
        return UnsafeRawBufferPointer(rebasing: buffer[..<(count + size)])
    }

    /// The bytes that were sealed, or nil if any of them has changed.
    static func open(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard bytes.count > size else { return nil }
        let content = UnsafeRawBufferPointer(rebasing: bytes.dropLast(size))
        let seal = bytes.loadUnaligned(fromByteOffset: content.count, as: UInt32.self)
        return seal == checksum(of: content) ? content : nil
    }

    private static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: crc32(0, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, UInt32(bytes.count)))
    }
}
