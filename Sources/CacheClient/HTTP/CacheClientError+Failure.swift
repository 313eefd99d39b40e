import AsyncHTTPClient
import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension CacheClientError {
    /// What kept a request from being made or answered.
    init(failure: any Error, url: String, timeout: Duration) {
        switch failure {
        case let failure as CacheClientError: self = failure
        case let failure as HTTPClientError: self.init(failure, url: url, timeout: timeout)
        case is CancellationError: self = .cancelled(url)
        case let failure as NIOConnectionError:
            self.init(.unreachable, "can't connect to \(url): \(Self.reason(failure))")
        case let failure as IOError where failure.errnoCode == ECONNREFUSED:
            self.init(.unreachable, "can't connect to \(url): \(Self.reason(failure)); is `ocm serve` running?")
        case let failure as any TLSFailure:
            self.init(.unreachable, "no TLS connection to \(url): \(failure.reason)")
        case is NIOTooManyBytesError:
            self.init(.unexpectedReply, "\(url) answered with more than \(APIReply.longestBody) bytes: check the URL")
        default:
            self.init(.unreachable, "the connection to \(url) failed: \(Self.reason(failure))")
        }
    }

    private init(_ failure: HTTPClientError, url: String, timeout: Duration) {
        switch failure {
        case .cancelled: self = .cancelled(url)
        case .deadlineExceeded, .readTimeout, .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            self.init(
                .timedOut,
                "no answer from \(url) within \(timeout.inSeconds) s: allow more time, or see what keeps it"
            )
        case .remoteConnectionClosed: self.init(.unreachable, "\(url) closed the connection before it had answered")
        case let failure where failure.isAboutHeaders:
            self.init(.invalidArgument, "the token has characters that no header can have: check it")
        default: self.init(.unreachable, "the request to \(url) failed: \(failure.shortDescription)")
        }
    }

    private static func cancelled(_ url: String) -> CacheClientError {
        CacheClientError(.cancelled, "the request to \(url) was cancelled")
    }

    private static func reason(_ failure: NIOConnectionError) -> String {
        guard let error = failure.connectionErrors.first?.error else {
            return "there is no host \(failure.host): check the URL"
        }
        return "\(reason(error)); is `ocm serve` running?"
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: strerror(error.errnoCode).map { String(cString: $0) } ?? "error \(error.errnoCode)"
        default: "\(error)"
        }
    }
}

extension HTTPClientError {
    fileprivate var isAboutHeaders: Bool { shortDescription.hasPrefix("Invalid header field") }
}
