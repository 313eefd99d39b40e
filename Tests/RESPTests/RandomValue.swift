import RESP
import TestSupport

extension SplitMix64 {
    /// A reply of any kind, nested up to `depth`.
    mutating func value(depth: Int) -> RESPValue {
        switch Int.random(in: 0...(depth > 0 ? 13 : 8), using: &self) {
        case 0: return .simpleString(pick(["", "OK", "a b"]))
        case 1: return .error(pick(["ERR no", "WRONGTYPE x"]))
        case 2: return .integer(pick([0, -1, 1, .max, .min, 42]))
        case 3: return .bulkString(bytes(once(in: 10) ? 5000 : Int.random(in: 0...20, using: &self)))
        case 4: return .null
        case 5: return .double(pick([0, -1.5, .infinity, -.infinity, 3.25, 1e300]))
        case 6: return .boolean(once(in: 2))
        case 7: return .bigNumber("3492890328409238509324850943850943825024385")
        case 8: return .verbatimString(format: pick(["txt", "mkd"]), bytes(9))
        case 9: return .array(values(depth))
        case 10: return .set(values(depth))
        case 11: return .map(values(depth).map { (key: $0, value: .integer(1)) })
        case 12: return .array(values(depth))
        default: return .attribute(values(depth).map { (key: $0, value: .null) }, value(depth: depth - 1))
        }
    }

    private mutating func values(_ depth: Int) -> [RESPValue] {
        (0..<Int.random(in: 0...4, using: &self)).map { _ in value(depth: depth - 1) }
    }
}
