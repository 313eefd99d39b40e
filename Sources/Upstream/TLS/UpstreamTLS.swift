import NIOCore
import NIOSSL

/// How connections to the server are encrypted: whom we trust at the other end, and who we are.
///
/// It is made once. All connections of all event loops share it.
public struct UpstreamTLS: Sendable {
    /// Whether the server has to show that it is who it should be.
    public let verifies: Bool
    private let context: NIOSSLContext

    /// - Parameters:
    ///   - roots: who may vouch for the server; nil for whomever the system trusts.
    ///   - identity: what is shown to a server that wants to know who we are.
    ///   - verifies: whether the server has to show that it is who it should be.
    /// - Throws: ``UpstreamTLSError/foreignKey`` if the key of `identity` isn't that of its certificate.
    public init(roots: TLSCertificates?, identity: TLSIdentity?, verifies: Bool) throws(UpstreamTLSError) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = verifies ? .fullVerification : .none
        if let roots { configuration.trustRoots = .certificates(roots.all) }
        if let identity {
            configuration.certificateChain = identity.certificates.all.map { .certificate($0) }
            configuration.privateKey = .privateKey(identity.key.key)
        }
        // Who closes a connection is interested in nothing that the other end might say to that.
        configuration.shutdownTimeout = .nanoseconds(0)
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch NIOSSLError.failedToLoadPrivateKey {
            throw .foreignKey
        } catch {
            throw .unusable("\(error)")
        }
        self.verifies = verifies
    }

    /// Puts between the socket and its connection what encrypts.
    func addHandlers(to channel: any Channel, _ url: UpstreamURL) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: Self.serverName(url)))
        try pipeline.addHandler(TLSWriteDivider())
    }

    /// The name that the server is asked for, and that its certificate must be for; nil if there is only an address,
    /// which its certificate must be for then.
    static func serverName(_ url: UpstreamURL) -> String? {
        // A colon is in no name, but in an IPv6 address, and in one with a zone, too.
        guard case .tcp(let host, _) = url.endpoint, !host.contains(":"),
            (try? SocketAddress(ipAddress: host, port: 0)) == nil
        else { return nil }
        // The dot that ends a complete name isn't sent. (RFC 6066, 3)
        return host.hasSuffix(".") ? String(host.dropLast()) : host
    }
}
