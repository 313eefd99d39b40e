/// What is wrong with certificates or a key, as part of a sentence.
public enum UpstreamTLSError: Error, Equatable, CustomStringConvertible {
    /// None could be read.
    case noCertificate
    /// None could be read.
    case noKey
    /// The key isn't that of the certificate.
    case foreignKey
    /// Something else.
    case unusable(String)

    /// The words.
    public var description: String {
        switch self {
        case .noCertificate: "there is no certificate in it, or one that can't be read: PEM is needed"
        case .noKey: "there is no private key in it that can be read: PEM is needed, and no passphrase on it"
        case .foreignKey: "it isn't the key of the certificate"
        case .unusable(let reason): "it can't be used: \(reason)"
        }
    }
}
