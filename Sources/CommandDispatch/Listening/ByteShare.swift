/// What one connection contributes to a sum over all connections of its loop, in bytes.
public struct ByteShare {
    private var bytes = 0

    /// Nothing yet.
    public init() {}

    /// From now on it is so much of `total`.
    @inline(__always)
    public mutating func set(_ bytes: Int, of total: inout Int) {
        total += bytes - self.bytes
        self.bytes = bytes
    }
}
