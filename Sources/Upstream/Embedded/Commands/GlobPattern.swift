/// Redis's glob-style patterns: `*`, `?`, `[a-c]`, `[^a]`, `\` before a literal. Source: Redis 7.0 `util.c`,
/// `stringmatchlen`.
///
/// When a `*` doesn't work out only the last one is tried anew, further on: that is enough, because what an earlier one
/// could match, a later one can too. So no pattern takes more than length times length steps.
struct GlobPattern {
    private let pattern: UnsafeRawBufferPointer
    /// Whether every string matches.
    let matchesAll: Bool

    init(_ pattern: UnsafeRawBufferPointer) {
        self.pattern = pattern
        matchesAll = pattern.count == 1 && pattern[0] == UInt8(ascii: "*")
    }

    /// Whether `text` matches.
    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        var index = 0
        var retry: (position: Int, index: Int)?
        while index < text.count {
            if position < pattern.count, pattern[position] == UInt8(ascii: "*") {
                position += 1
                retry = (position, index)
                continue
            }
            if position < pattern.count, let next = matchOne(at: position, text[index]) {
                position = next
                index += 1
                continue
            }
            guard let last = retry else { return false }
            position = last.position
            index = last.index + 1
            retry = (last.position, index)
        }
        while position < pattern.count, pattern[position] == UInt8(ascii: "*") { position += 1 }
        return position == pattern.count
    }

    /// Where the pattern goes on when its part at `start` matches `byte`.
    private func matchOne(at start: Int, _ byte: UInt8) -> Int? {
        switch pattern[start] {
        case UInt8(ascii: "?"): return start + 1
        case UInt8(ascii: "["): return matchClass(from: start + 1, byte)
        case UInt8(ascii: "\\") where start + 1 < pattern.count:
            return pattern[start + 1] == byte ? start + 2 : nil
        default: return pattern[start] == byte ? start + 1 : nil
        }
    }

    private func matchClass(from start: Int, _ byte: UInt8) -> Int? {
        var position = start
        let negated = position < pattern.count && pattern[position] == UInt8(ascii: "^")
        if negated { position += 1 }
        var found = false
        while position < pattern.count, pattern[position] != UInt8(ascii: "]") {
            if pattern[position] == UInt8(ascii: "\\"), position + 1 < pattern.count {
                position += 1
                if pattern[position] == byte { found = true }
            } else if position + 2 < pattern.count, pattern[position + 1] == UInt8(ascii: "-") {
                let bounds = [pattern[position], pattern[position + 2]].sorted()
                if (bounds[0]...bounds[1]).contains(byte) { found = true }
                position += 2
            } else if pattern[position] == byte {
                found = true
            }
            position += 1
        }
        guard found != negated else { return nil }
        // A class that isn't closed ends with the pattern.
        return min(position + 1, pattern.count)
    }
}
