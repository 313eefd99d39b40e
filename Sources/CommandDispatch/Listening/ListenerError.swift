import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a listener can't listen.
public struct ListenerError: Error, CustomStringConvertible {
    /// A sentence that names the place.
    public let description: String

    /// What `error` means for who wanted to listen on `place`.
    public init(place: String, _ error: any Error) {
        guard let error = error as? IOError else {
            description = "cannot listen on \(place): \(error)"
            return
        }
        switch error.errnoCode {
        case EADDRINUSE: description = "cannot listen on \(place): it is already in use; choose another one"
        case EACCES: description = "cannot listen on \(place): permission denied"
        case EADDRNOTAVAIL: description = "cannot listen on \(place): this machine has no such address"
        default: description = "cannot listen on \(place): \(String(cString: strerror(error.errnoCode)))"
        }
    }
}
