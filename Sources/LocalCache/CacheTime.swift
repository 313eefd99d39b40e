/// A moment on the cache's clock: milliseconds, counted from anywhere, that start anew after 49 days.
///
/// Moments may be compared that are less than 24 days apart.
public struct CacheTime: Sendable, Hashable {
    let ticks: UInt32

    init(ticks: UInt32) { self.ticks = ticks }

    /// The moment that is `milliseconds` after the clock's beginning.
    public init(milliseconds: Int64) { ticks = UInt32(truncatingIfNeeded: milliseconds) }

    /// The moment `milliseconds` (fewer than 2^31) later.
    public func advanced(milliseconds: Int64) -> CacheTime {
        CacheTime(ticks: ticks &+ UInt32(truncatingIfNeeded: milliseconds))
    }

    /// How many milliseconds it is after `other`; fewer than none if it is before.
    public func milliseconds(since other: CacheTime) -> Int { Int(Int32(bitPattern: ticks &- other.ticks)) }

    /// Whether this moment is `other` or after it.
    @inline(__always)
    public func hasReached(_ other: CacheTime) -> Bool { Int32(bitPattern: ticks &- other.ticks) >= 0 }
}
