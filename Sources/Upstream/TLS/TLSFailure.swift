import NIOSSL

/// Why there is no TLS connection, or none any more.
protocol TLSFailure: Error {
    /// The reason, and what to do, as part of a sentence.
    var reason: String { get }
    /// Whether one end doesn't trust the other.
    var isDistrust: Bool { get }
}

extension NIOSSLExtraError: TLSFailure {
    var reason: String { isDistrust ? "the server's certificate is for another host than the URL's" : "\(self)" }

    var isDistrust: Bool { self == .failedToValidateHostname || self == .serverHostnameImpossibleToMatch }
}

extension NIOSSLError: TLSFailure {
    var reason: String {
        switch self {
        case .handshakeFailed(let error): error.reason
        case .uncleanShutdown: "the server closed it"
        default: "\(self)"
        }
    }

    var isDistrust: Bool {
        if case .handshakeFailed(let error) = self { error.isDistrust } else { false }
    }
}

extension BoringSSLError: TLSFailure {
    var reason: String {
        switch name {
        case "CERTIFICATE_VERIFY_FAILED":
            "the server's certificate can't be verified: it isn't valid now, or nobody who is trusted has signed it "
                + "(--upstream-cacert)"
        case "WRONG_VERSION_NUMBER", "HTTP_REQUEST":
            "it doesn't speak TLS: if the port is one without, write redis://"
        case "TLSV1_ALERT_CERTIFICATE_REQUIRED":
            "it demands a certificate (--upstream-cert)"
        case "SSLV3_ALERT_HANDSHAKE_FAILURE":
            "it refuses the TLS handshake: it may demand a certificate (--upstream-cert), or speak no TLS that ocm does"
        case let name? where isDistrust:
            "it doesn't accept the certificate of --upstream-cert (\(Self.words(name)))"
        case let name?: "the TLS handshake failed (\(Self.words(name)))"
        case nil: isEnd ? "the server closed it during the TLS handshake" : "the TLS handshake failed"
        }
    }

    var isDistrust: Bool {
        guard let name else { return false }
        return name == "CERTIFICATE_VERIFY_FAILED"
            || name.contains("_ALERT_")
                && ["CERTIFICATE", "UNKNOWN_CA", "ACCESS_DENIED"].contains { name.contains($0) }
    }

    /// BoringSSL's name for it, which is in the description alone: `OPENSSL_internal:NO_CIPHER_MATCH at file:line`.
    private var name: String? {
        let description = "\(self)"
        return description.firstRange(of: "OPENSSL_internal:").map {
            String(description[$0.upperBound...].prefix { $0 != " " })
        }
    }

    private var isEnd: Bool { "\(self)".contains("EOF during handshake") }

    private static func words(_ name: String) -> String { name.lowercased().replacing("_", with: " ") }
}
