#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

#if arch(x86_64) || arch(i386)
/// What C calls `long double`, in which Redis computes.
typealias LongDouble = Float80
#else
/// The nearest that Swift has to C's `long double` here: fractions may differ from Redis's in the 17th digit.
typealias LongDouble = Double
#endif

/// Fractions as INCRBYFLOAT reads and writes them. Source: Redis 7.0 `util.c`, `string2ld` and `ld2string`.
enum LongDecimal {
    /// Room for the longest text, a zero behind it included: the largest number has some five thousand digits.
    static let mostBytes = 5 << 10

    /// Reads a whole field as a number: no space in front, nothing behind, not "not a number".
    static func parse(_ bytes: UnsafeRawBufferPointer) -> LongDouble? {
        guard let first = bytes.first, bytes.count < mostBytes, first != 32, !(9...13).contains(first) else {
            return nil
        }
        var text = bytes.map(CChar.init(bitPattern:))
        text.append(0)
        return text.withUnsafeBufferPointer { text in
            guard let start = text.baseAddress else { return nil }
            var end: UnsafeMutablePointer<CChar>?
            errno = 0
            #if arch(x86_64) || arch(i386)
            let number = strtold(start, &end)
            #else
            let number = strtod(start, &end)
            #endif
            guard end == UnsafeMutablePointer(mutating: start + bytes.count), !number.isNaN else { return nil }
            if errno == ERANGE, number.isInfinite || number == 0 { return nil }
            return number
        }
    }

    /// Seventeen digits behind the point, less the zeros at the end.
    static func text(of number: LongDouble) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: mostBytes)
        #if arch(x86_64) || arch(i386)
        let format = "%.17Lf"
        #else
        let format = "%.17f"
        #endif
        let length = withVaList([number]) { vsnprintf(&buffer, buffer.count, format, $0) }
        var text = buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }
        if text.contains(UInt8(ascii: ".")) {
            while text.last == UInt8(ascii: "0") { text.removeLast() }
            if text.last == UInt8(ascii: ".") { text.removeLast() }
        }
        return text == Array("-0".utf8) ? [UInt8(ascii: "0")] : text
    }
}
