import RESP

/// The options of SCAN and HSCAN.
struct ScanOptions {
    /// About how many elements a call is to go through.
    private(set) var count = 10
    private var pattern: GlobPattern?
    private var type: UnsafeRawBufferPointer?

    init(_ call: Call, from start: Int, takesType: Bool) throws(CommandError) {
        var index = start
        while index < call.count {
            let hasValue = index + 1 < call.count
            if call.argument(index, is: "count"), hasValue {
                count = try call.integer(index + 1)
                guard count >= 1 else { throw .syntax }
            } else if call.argument(index, is: "match"), hasValue {
                pattern = GlobPattern(call[index + 1])
            } else if call.argument(index, is: "type"), takesType, hasValue {
                type = call[index + 1]
            } else {
                throw .syntax
            }
            index += 2
        }
    }

    /// How many buckets a call looks at. Mostly empty tables must not make one call long: Redis looks at ten times as
    /// many at most.
    var mostBuckets: Int {
        let (buckets, overflow) = count.multipliedReportingOverflow(by: 10)
        return overflow ? .max : buckets
    }

    /// Whether a key or a field is asked for.
    func matches(_ name: UnsafeRawBufferPointer) -> Bool {
        guard let pattern else { return true }
        return pattern.matchesAll || pattern.matches(name)
    }

    /// Whether a key of `kind` is asked for.
    func matches(_ kind: Entry.Kind) -> Bool {
        guard let type else { return true }
        let name = kind.typeName
        return type.count == name.utf8CodeUnitCount
            && zip(type, UnsafeBufferPointer(start: name.utf8Start, count: type.count))
                .allSatisfy { $0.lowercasedASCII == $1 }
    }

    /// The number of a cursor, by the rules of C's `strtoul`: a negative one counts from the largest down.
    static func cursor(_ bytes: UnsafeRawBufferPointer) throws(CommandError) -> UInt64 {
        if bytes.isEmpty { return 0 }
        let isNegative = bytes.first == UInt8(ascii: "-")
        let digits = isNegative || bytes.first == UInt8(ascii: "+") ? bytes.dropFirst() : bytes[...]
        guard let magnitude = UInt64(String(decoding: digits, as: UTF8.self)) else { throw .invalidCursor }
        return isNegative ? 0 &- magnitude : magnitude
    }
}
