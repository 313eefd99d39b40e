import CMalloc

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Sees to it that memory which was given up is given back to the system: a store's, or clients' buffers.
///
/// malloc itself gives back only what is at the end of its heap, and for threads not even that. Where values of all
/// sizes come and go, small ones that stay lie between whole free pages: the process would take twice what the store
/// does, and for good what its clients' replies took once. So the system's account is compared with the store's every
/// now and then, and whenever much was evicted; when it is far above, free pages are given back wherever they are. That
/// takes about a millisecond, so if little came of it, the next time is ten cycles later.
public struct HeapTrimmer: Sendable {
    /// What the process may take besides the store's memory, and an eighth of that.
    private static let allowance = 24 << 20
    /// What makes it worth while to look again at once.
    private static let worthwhileGain = 4 << 20
    private static let cyclesAfterLittleGain = 10

    /// So much given up is worth a look at once.
    private static let muchGivenUp = 16 << 20

    private var cyclesToWait = 0
    private var givenUp = 0

    /// Has malloc map what is large by itself, so that it goes back as soon as it is freed.
    public init() { Heap.configure() }

    /// To be called from time to time; `used` is the store's own account, in bytes.
    public mutating func runCycle(used: Int) {
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
        if gain < Self.worthwhileGain { cyclesToWait = Self.cyclesAfterLittleGain }
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
