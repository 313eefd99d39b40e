/// The paths of a certificate and of what belongs to it.
public struct TLSFiles {
    /// The certificate.
    public let certificate: String
    /// Its key.
    public let key: String
    /// The certificate of the authority that has signed it.
    public let authority: String
    /// Where they are.
    let directory: TemporaryDirectory
}
