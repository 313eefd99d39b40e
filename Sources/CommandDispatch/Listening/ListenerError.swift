import NIOCore
import NIOPosix

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
        description = "cannot listen on \(place): \(Self.reason(error))"
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: reason(error.errnoCode)
        case let error as SocketAddressError.UnknownHost: "the name '\(error.host)' can't be resolved"
        case is UnixDomainSocketPathWrongType: "it is there already, and is no socket"
        default: "\(error)"
        }
    }

    private static func reason(_ code: CInt) -> String {
        switch code {
        case EADDRINUSE: "it is already in use; choose another one"
        case EACCES: "permission denied"
        case EADDRNOTAVAIL: "this machine has no such address"
        default: String(cString: strerror(code))
        }
    }
}
