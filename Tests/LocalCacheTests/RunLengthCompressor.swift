import RESP

@testable import LocalCache

/// Compresses what is one byte over and over: the byte, a checksum, and padding to a third of the size.
final class RunLengthCompressor: EntryCompressor {
    let minimumSize = 64
    /// What it says that it takes.
    var memoryBytes = 0
    /// How often it was asked to do what.
    private(set) var compressions = 0
    private(set) var inflations = 0
    /// Whether everything is corrupt.
    var isBroken = false

    private var view = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 1)

    deinit { view.deallocate() }

    func compress(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        compressions += 1
        guard let first = bytes.first,
            UnsafeRawBufferPointer(rebasing: bytes.dropFirst()).equals(
                UnsafeRawBufferPointer(rebasing: bytes.dropLast())
            )
        else { return nil }
        return show([first, ~first] + [UInt8](repeating: 0, count: bytes.count / 3))
    }

    func inflate(_ bytes: UnsafeRawBufferPointer, size: Int) -> UnsafeRawBufferPointer? {
        inflations += 1
        guard !isBroken, bytes.count >= 2, bytes[1] == ~bytes[0] else { return nil }
        return show([UInt8](repeating: bytes[0], count: size))
    }

    private func show(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
        // A new buffer each time, so that a view used too late is seen by the sanitizers.
        view.deallocate()
        view = .allocate(byteCount: bytes.count, alignment: 1)
        view.copyBytes(from: bytes)
        return UnsafeRawBufferPointer(view)
    }
}
