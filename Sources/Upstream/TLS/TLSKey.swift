import NIOSSL

/// A certificate's private key, as a file in PEM format holds it.
public struct TLSKey: Sendable {
    let key: NIOSSLPrivateKey

    /// Reads it from what stands in a file.
    public init(pem bytes: [UInt8]) throws(UpstreamTLSError) {
        guard !bytes.isEmpty, let key = try? NIOSSLPrivateKey(bytes: bytes, format: .pem) else { throw .noKey }
        self.key = key
    }
}
