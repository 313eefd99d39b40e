/// A command seen from afar: name and first key of one that stands further on in the input, before its turn comes.
///
/// It is only good for hints. Whatever isn't whole or isn't written plainly isn't recognized, and nothing that is wrong with
/// it is noticed: that is for ``RequestParser`` to say.
public struct CommandGlance {
    /// The command's name.
    public let name: UnsafeRawBufferPointer
    /// Its first argument.
    public let key: UnsafeRawBufferPointer
    /// Where the next command begins.
    public let end: Int

    /// The command that begins at `start`, if it has arguments of no more than 99 bytes.
    @inline(__always)
    public init?(_ bytes: UnsafeRawBufferPointer, at start: Int) {
        var position = start
        guard let count = Self.number(UInt8(ascii: "*"), bytes, &position), count > 1,
            let name = Self.argument(bytes, &position), let key = Self.argument(bytes, &position)
        else { return nil }
        var left = count - 2
        while left > 0 {
            guard Self.argument(bytes, &position) != nil else { return nil }
            left -= 1
        }
        self.name = name
        self.key = key
        end = position
    }

    @inline(__always)
    private static func argument(_ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> UnsafeRawBufferPointer? {
        guard let length = number(UInt8(ascii: "$"), bytes, &position), bytes.count - position >= length + 2 else {
            return nil
        }
        let argument = UnsafeRawBufferPointer(start: bytes.baseAddress.unsafelyUnwrapped + position, count: length)
        position += length + 2
        return argument
    }

    /// The number of one or two digits in a line that begins with `prefix`.
    @inline(__always)
    private static func number(_ prefix: UInt8, _ bytes: UnsafeRawBufferPointer, _ position: inout Int) -> Int? {
        guard bytes.count - position >= 5, let base = bytes.baseAddress else { return nil }
        let line = (base + position).loadUnaligned(as: UInt32.self)
        let first = UInt8(truncatingIfNeeded: line >> 8) &- 48
        guard UInt8(truncatingIfNeeded: line) == prefix, first <= 9 else { return nil }
        let second = UInt8(truncatingIfNeeded: line >> 16) &- 48
        guard second <= 9 else {
            position += 4
            return Int(first)
        }
        position += 5
        return Int(first) &* 10 &+ Int(second)
    }
}
