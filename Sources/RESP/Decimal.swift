/// Decimal numbers as Redis reads and writes them, straight from and to bytes.
public enum Decimal {
    /// Reads a whole field as an integer, by the rules of Redis's `string2ll`: no spaces, no `+`, no leading zeros,
    /// nothing that overflows. Nil when it isn't one.
    @inlinable
    public static func parse(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let count = bytes.count
        guard count > 0, count <= 20 else { return nil }
        var index = 0
        let negative = bytes[0] == UInt8(ascii: "-")
        if negative { index = 1 }
        guard index < count else { return nil }
        let first = bytes[index] &- 48
        if first == 0 { return count == 1 ? 0 : nil }
        guard first <= 9 else { return nil }
        var magnitude = UInt(first)
        index += 1
        while index < count {
            let digit = bytes[index] &- 48
            guard digit <= 9 else { return nil }
            let (product, overflowed) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carried) = product.addingReportingOverflow(UInt(digit))
            guard !overflowed, !carried else { return nil }
            magnitude = sum
            index += 1
        }
        if negative {
            return magnitude <= UInt(Int.max) + 1 ? Int(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return magnitude <= UInt(Int.max) ? Int(magnitude) : nil
    }

    /// Writes `value` and returns how many bytes it took (20 at most; the caller has made room).
    @inlinable
    public static func write(_ value: Int, to target: UnsafeMutableRawPointer) -> Int {
        var magnitude = value.magnitude
        if magnitude < 10 && value >= 0 {
            target.storeBytes(of: UInt8(truncatingIfNeeded: magnitude) &+ 48, as: UInt8.self)
            return 1
        }
        var length = value < 0 ? 1 : 0
        var probe = magnitude
        repeat {
            length += 1
            probe /= 10
        } while probe > 0
        var position = length
        repeat {
            position -= 1
            let (quotient, digit) = magnitude.quotientAndRemainder(dividingBy: 10)
            target.storeBytes(of: UInt8(truncatingIfNeeded: digit) &+ 48, toByteOffset: position, as: UInt8.self)
            magnitude = quotient
        } while magnitude > 0
        if value < 0 { target.storeBytes(of: UInt8(ascii: "-"), as: UInt8.self) }
        return length
    }
}
