/// Who we are to a server that wants to know.
public struct TLSIdentity: Sendable {
    let certificates: TLSCertificates
    let key: TLSKey

    /// - Parameters:
    ///   - certificates: our certificate, and behind it those that lead from it to one that the server trusts.
    ///   - key: the first one's key.
    public init(certificates: TLSCertificates, key: TLSKey) {
        self.certificates = certificates
        self.key = key
    }
}
