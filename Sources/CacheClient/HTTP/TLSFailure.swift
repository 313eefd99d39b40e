import NIOSSL

/// Why there is no TLS connection.
protocol TLSFailure: Error {
    /// The reason, and what to do, as part of a sentence.
    var reason: String { get }
}

extension NIOSSLExtraError: TLSFailure {
    var reason: String {
        switch self {
        case .failedToValidateHostname, .serverHostnameImpossibleToMatch:
            "the server's certificate is for another host: check the URL"
        default: "\(self)"
        }
    }
}

extension NIOSSLError: TLSFailure {
    var reason: String {
        switch self {
        case .handshakeFailed(let error): error.reason
        case .unableToValidateCertificate, .noCertificateToValidate: BoringSSLError.untrusted
        case .uncleanShutdown: BoringSSLError.closed
        default: "\(self)"
        }
    }
}

extension BoringSSLError {
    fileprivate static let untrusted = "this machine doesn't trust the server's certificate"
    fileprivate static let closed = "the server closed the connection"

    /// What a failed handshake failed of: BoringSSL's names for errors are in their descriptions alone.
    fileprivate var reason: String {
        let description = "\(self)"
        if description.contains("CERTIFICATE_VERIFY_FAILED") { return Self.untrusted }
        if description.contains("WRONG_VERSION_NUMBER") || description.contains("HTTP_REQUEST") {
            return "the server doesn't speak TLS: is its URL one with http://?"
        }
        if description.contains("EOF during handshake") { return Self.closed }
        guard let library = description.firstRange(of: "OPENSSL_internal:") else {
            return "the handshake failed"
        }
        // As in `OPENSSL_internal:NO_CIPHER_MATCH at file:line`.
        let name = description[library.upperBound...].prefix { $0 != " " }
        return "the handshake failed (\(name.lowercased().replacing("_", with: " ")))"
    }
}
