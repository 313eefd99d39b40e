/// Where one argument of a command stands in the command's frame, in bytes from the frame's start.
public struct ArgumentRange: Sendable, Equatable {
    /// The first byte.
    public var offset: UInt32
    /// How many bytes.
    public var length: UInt32

    /// A range of `length` bytes from `offset`.
    @inlinable
    public init(offset: Int, length: Int) {
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.length = UInt32(truncatingIfNeeded: length)
    }
}
