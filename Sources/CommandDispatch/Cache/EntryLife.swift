import LocalCache
import RESP
import Stats

/// How long a reply may be kept, from what PTTL said right behind it.
enum EntryLife {
    case milliseconds(Int64)
    /// So long, when the key expires.
    case untilExpiry(milliseconds: Int64)
    /// PTTL failed, or its reply can't be read.
    case unknown
    /// There is a key, but no string: it is something else, or has just come.
    case notAString
    /// There was no key any more when PTTL came, but the reply is one to a key that was there.
    case over

    /// PTTL counts whole milliseconds from a clock cut to whole milliseconds, and the loop's own may be a moment
    /// behind: so much earlier, and a hit never comes after another client has found the key expired.
    private static let roundingError = 2

    var refusal: FillRefusal {
        switch self {
        case .over: .expired
        case .notAString: .missingUncertain
        case .unknown, .milliseconds, .untilExpiry: .noDeadline
        }
    }

    /// Reads PTTL's reply: -1 for a key that stays, -2 for one that isn't there, else milliseconds.
    init(
        _ timeToLive: UnsafeRawBufferPointer,
        of content: ReplyContent,
        reply: UnsafeRawBufferPointer,
        longest: Int64
    ) {
        guard timeToLive.first == UInt8(ascii: ":"), timeToLive.count > 3,
            let time = Decimal.parse(UnsafeRawBufferPointer(rebasing: timeToLive[1..<(timeToLive.count - 2)]))
        else {
            self = .unknown
            return
        }
        switch time {
        case -1:
            self = content.kind == .missing ? .notAString : .milliseconds(longest)
        case -2: self = content.kind == .missing || Self.isOfMissingKey(reply) ? .milliseconds(longest) : .over
        case (Self.roundingError + 1)...:
            self =
                content.kind == .missing
                ? .notAString : .untilExpiry(milliseconds: min(Int64(time - Self.roundingError), longest))
        default: self = .over
        }
    }

    /// How long what was read of some fields may be kept, in milliseconds, by the reply to their HPTTL, which has -1
    /// for a field that stays, -2 for one that isn't there; nil if it can't be read.
    ///
    /// In the millisecond in which it ends a field is there for the read, and not for HPTTL: then it is kept for 0.
    static func shortest(ofFields lives: UnsafeRawBufferPointer, reply: UnsafeRawBufferPointer) -> Int64? {
        var shortest: Int64?
        var missing = 0
        for line in lives.split(separator: 10) where line.first == UInt8(ascii: ":") {
            guard let time = Decimal.parse(UnsafeRawBufferPointer(rebasing: line.dropFirst().dropLast())) else {
                return nil
            }
            if time == -2 { missing += 1 }
            let life = time < 0 ? Int64.max : max(0, Int64(time) - Int64(roundingError))
            shortest = min(shortest ?? .max, life)
        }
        return missing > missingElements(of: reply) ? 0 : shortest
    }

    /// How many elements of a reply are what Redis says of a field that isn't there: null, or zero.
    private static func missingElements(of reply: UnsafeRawBufferPointer) -> Int {
        var count = 0
        _ = allElements(of: reply) { line in
            if ["$-1\r\n", "_\r\n", ":0\r\n"].contains(where: { line.elementsEqual($0.utf8) }) { count += 1 }
            return true
        }
        return count
    }

    /// Whether Redis would say this of a key that isn't there: nothing but nulls, zeros, `none` and empty strings and
    /// aggregates.
    static func isOfMissingKey(_ reply: UnsafeRawBufferPointer) -> Bool {
        allElements(of: reply) { line in
            let isAggregate = line.first == UInt8(ascii: "*") || line.first == UInt8(ascii: "~")
            return isAggregate || missing.contains { line.elementsEqual($0.utf8) }
        }
    }

    private static let missing = ["$-1\r\n", "_\r\n", ":0\r\n", "$0\r\n", "%0\r\n", "+none\r\n", ":-1\r\n"]

    /// Whether `condition` holds for the line that each element of a reply begins with, up to the first for which it
    /// doesn't; what strings hold isn't looked at.
    private static func allElements(
        of reply: UnsafeRawBufferPointer,
        satisfy condition: (UnsafeRawBufferPointer) -> Bool
    ) -> Bool {
        var start = 0
        while start < reply.count {
            guard let end = reply[start...].firstIndex(of: 10) else { return false }
            let line = UnsafeRawBufferPointer(rebasing: reply[start...end])
            start = end + 1
            guard condition(line) else { return false }
            if line.first == UInt8(ascii: "$"), line.count > 3,
                let length = Decimal.parse(UnsafeRawBufferPointer(rebasing: line[1..<(line.count - 2)])), length >= 0
            {
                start += length + 2
            }
        }
        return true
    }
}
