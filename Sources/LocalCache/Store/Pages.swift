#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Memory from the system, by the page.
///
/// Blocks of all sizes that come and go would leave malloc with pages that it can neither use nor give back. Pages that
/// are given back here have left the process. Huge pages are declined, or the system would hold 2 MB where one byte is
/// used.
enum Pages {
    /// The size of a page.
    static let size = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// `bytes`, rounded up to whole pages.
    static func round(_ bytes: Int) -> Int { (bytes + size - 1) & ~(size - 1) }

    /// Zeroed memory. Pages count from when they are first written to.
    static func map(_ bytes: Int) -> UnsafeMutableRawPointer {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED else {
            fatalError("no memory for a cache: mmap of \(bytes) bytes failed with error \(errno)")
        }
        #if os(Linux)
        madvise(start, bytes, MADV_NOHUGEPAGE)
        #endif
        return start
    }

    /// Gives memory from ``map(_:)`` back.
    static func unmap(_ start: UnsafeMutableRawPointer, _ bytes: Int) { munmap(start, bytes) }

    /// Gives the pages of mapped memory back, but not their addresses.
    static func discard(_ start: UnsafeMutableRawPointer, _ bytes: Int) { madvise(start, bytes, MADV_DONTNEED) }
}
