/// Commands as nearly all of them arrive: whole, multibulk, with numbers of up to four digits.
///
/// Those are found in one go, without the state that a frame needs which goes on in bytes yet to come. Whatever else
/// there is isn't recognized here, and what is wrong with it isn't said: that is ``RequestParser``'s to find out.
enum PlainFrame {
    /// The longest argument in bytes, and the most arguments, that are recognized.
    static let largestNumber = 9999

    /// Calls `argument` with place and length in bytes of each argument of the command at `start`. Returns where the
    /// frame ends; nil if there is none that is recognized, or it has more than `most` arguments. By then `argument`
    /// may have been called.
    @inline(__always)
    static func scan(
        _ bytes: UnsafeRawBufferPointer,
        from start: Int,
        most: Int = .max,
        _ argument: (_ offset: Int, _ length: Int) -> Void
    ) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var position = start
        guard let count = number(UInt8(ascii: "*"), base, bytes.count, &position), count > 0, count <= most else {
            return nil
        }
        var left = count
        repeat {
            guard let string = bulkString(base, bytes.count, &position) else { return nil }
            argument(string.offset, string.length)
            left &-= 1
        } while left > 0
        return position
    }

    /// Where the bytes of the whole bulk string at `position` begin, and how many they are; moves `position` behind it.
    @inline(__always)
    static func bulkString(
        _ base: UnsafeRawPointer,
        _ count: Int,
        _ position: inout Int
    ) -> (offset: Int, length: Int)? {
        guard let length = number(UInt8(ascii: "$"), base, count, &position), count &- position >= length &+ 2 else {
            return nil
        }
        let offset = position
        position = offset &+ length &+ 2
        return (offset, length)
    }

    /// The number in a line that begins with `prefix`; moves `position` behind the line.
    @inline(__always)
    private static func number(_ prefix: UInt8, _ base: UnsafeRawPointer, _ count: Int, _ position: inout Int) -> Int? {
        // The shortest line has four bytes, and what follows it at least two.
        guard count &- position >= 6 else { return nil }
        let line = (base + position).loadUnaligned(as: UInt32.self)
        let first = UInt8(truncatingIfNeeded: line >> 8) &- 48
        guard UInt8(truncatingIfNeeded: line) == prefix, first <= 9 else { return nil }
        if UInt16(truncatingIfNeeded: line >> 16) == 0x0A0D {
            position &+= 4
            return Int(first)
        }
        guard first > 0 else { return nil }
        var number = Int(first)
        var end = position &+ 2
        while end < position &+ 5, end &+ 1 < count {
            let digit = base.load(fromByteOffset: end, as: UInt8.self) &- 48
            guard digit <= 9 else { break }
            number = number &* 10 &+ Int(digit)
            end &+= 1
        }
        guard end &+ 1 < count, (base + end).loadUnaligned(as: UInt16.self) == 0x0A0D else { return nil }
        position = end &+ 2
        return number
    }
}
