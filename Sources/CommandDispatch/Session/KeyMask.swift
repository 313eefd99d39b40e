/// Which keys a session has had commands outstanding on since none was, as far as one word can tell: a key that isn't
/// in it has none.
struct KeyMask {
    private var read: UInt64 = 0
    private var written: UInt64 = 0

    /// Whether a command on the key may be outstanding.
    @inline(__always)
    func mayContain(_ hash: UInt64) -> Bool { (read | written) & Self.bit(hash) != 0 }

    /// Whether a command that may write the key may be outstanding.
    @inline(__always)
    func mayWrite(_ hash: UInt64) -> Bool { written & Self.bit(hash) != 0 }

    @inline(__always)
    mutating func insertRead(_ hash: UInt64) { read |= Self.bit(hash) }

    @inline(__always)
    mutating func insertWrite(_ hash: UInt64) { written |= Self.bit(hash) }

    /// Any key may be written.
    mutating func insertEverything() { written = .max }

    @inline(__always)
    private static func bit(_ hash: UInt64) -> UInt64 { 1 << (hash & 63) }
}
