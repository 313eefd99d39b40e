import CMalloc

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Sees to it that memory which the store has given up is given back to the system.
///
/// malloc itself gives back only what is at the end of its heap. Where values of all sizes come and go, small ones that
/// stay lie between whole free pages: the process would take twice what the store does. So the system's account is
/// compared with the store's ten times a second, and whenever much was evicted; when it is far above, free pages are
/// given back wherever they are. That takes about a millisecond, so if little came of it, the next time is a second
/// later.
struct HeapTrimmer {
    /// What the process may take besides the store's memory, and an eighth of that.
    private static let allowance = 24 << 20
    /// What makes it worth while to look again at once.
    private static let worthwhileGain = 4 << 20
    private static let cyclesInSecond = 10

    /// So much given up is worth a look at once.
    private static let muchGivenUp = 16 << 20

    private var cyclesToWait = 0
    private var givenUp = 0

    /// To be called ten times a second; `used` is the store's own account, in bytes.
    mutating func runCycle(used: Int) {
        cyclesToWait -= 1
        if cyclesToWait <= 0 { trimIfWorthwhile(used) }
    }

    /// So many bytes were evicted.
    mutating func evicted(_ bytes: Int, used: Int) {
        givenUp += bytes
        // In vain a while ago, it is most likely in vain now.
        if givenUp >= (cyclesToWait > 0 ? Self.muchGivenUp * 4 : Self.muchGivenUp) { trimIfWorthwhile(used) }
    }

    private mutating func trimIfWorthwhile(_ used: Int) {
        givenUp = 0
        guard let before = Self.residentMemory, before > used + used / 8 + Self.allowance else {
            return
        }
        ocm_trim_heap()
        let gain = before - (Self.residentMemory ?? before)
        if gain < Self.worthwhileGain { cyclesToWait = Self.cyclesInSecond }
    }

    /// What the process has in memory, in bytes; nil where the system doesn't say.
    private static var residentMemory: Int? {
        let file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { buffer -> Int? in
            let count = read(file, buffer.baseAddress, buffer.count)
            guard count > 0 else { return nil }
            let words = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
            return words.count > 1 ? Int(words[1]).map { $0 * Int(getpagesize()) } : nil
        }
    }
}
