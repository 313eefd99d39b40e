import NIOSSL

/// Certificates, as a file in PEM format holds them.
public struct TLSCertificates: Sendable {
    /// Each of them; one at least.
    let all: [NIOSSLCertificate]

    /// Reads them from what stands in a file.
    public init(pem bytes: [UInt8]) throws(UpstreamTLSError) {
        guard let all = try? NIOSSLCertificate.fromPEMBytes(bytes), !all.isEmpty else { throw .noCertificate }
        self.all = all
    }
}
