/// What an ``EntryStore`` makes replies smaller with, instead of evicting them, and whole again when they are asked
/// for.
public protocol EntryCompressor: AnyObject {
    /// Replies smaller than this, in bytes, aren't worth it.
    var minimumSize: Int { get }

    /// What it takes from memory, in bytes.
    var memoryBytes: Int { get }

    /// The bytes, compressed: a view that is valid until the next call. Nil when they don't shrink enough.
    func compress(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer?

    /// What was compressed, of which it is known that it was `size` bytes: a view that is valid until the next call.
    /// Nil when the bytes are corrupt.
    func inflate(_ bytes: UnsafeRawBufferPointer, size: Int) -> UnsafeRawBufferPointer?
}
