#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a trace can't be replayed.
enum TraceError: Error, CustomStringConvertible {
    case cannotOpen(String, String)
    case cannotRead(String, String)
    case notCompressed(String)
    case cutShort(String)
    case empty(String)

    var description: String {
        switch self {
        case .cannotOpen(let path, let reason): "can't open \(path): \(reason)"
        case .cannotRead(let path, let reason): "can't read \(path): \(reason)"
        case .notCompressed(let path): "\(path) isn't gzip-compressed"
        case .cutShort(let path): "\(path) ends in the middle of a record of 8 bytes"
        case .empty(let path): "\(path) has no requests"
        }
    }

    /// What the system says of the last call that failed.
    static var reason: String { errno == 0 ? "unknown error" : String(cString: strerror(errno)) }
}
