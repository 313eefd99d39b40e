import FoundationEssentials
import Upstream

extension UpstreamConfiguration {
    /// Reads where the upstream is, and how TLS is spoken with it; nil if there is none.
    init?(_ reader: OptionReader) throws {
        let url = try reader.value("upstream", UpstreamURL.init)
        let verifies = try !(reader.flag("upstream-insecure") ?? false)
        guard let url, url.usesTLS else {
            let origins = ["upstream-cacert", "upstream-cert", "upstream-key"].map(reader.origin)
            if let origin = (origins + [verifies ? nil : reader.origin("upstream-insecure")]).compactMap({ $0 }).first {
                throw ConfigurationError("\(origin) is for TLS, and so for an upstream with rediss:// only")
            }
            guard let url else { return nil }
            self.init(url: url)
            return
        }
        let roots = try reader.value("upstream-cacert", Self.certificates)
        let identity = try Self.identity(reader)
        do {
            self.init(url: url, tls: try UpstreamTLS(roots: roots, identity: identity, verifies: verifies))
        } catch {
            throw ConfigurationError("\(reader.origin("upstream-key") ?? "TLS"): \(error)")
        }
    }

    private static func identity(_ reader: OptionReader) throws -> TLSIdentity? {
        let certificates = try reader.value("upstream-cert", Self.certificates)
        let key = try reader.value("upstream-key") { try TLSKey(pem: try contents($0)) }
        switch (certificates, key) {
        case (let certificates?, let key?): return TLSIdentity(certificates: certificates, key: key)
        case (nil, nil): return nil
        default:
            let origin = reader.origin("upstream-cert") ?? reader.origin("upstream-key") ?? ""
            throw ConfigurationError(
                "\(origin): a certificate and its key go together: --upstream-cert, --upstream-key"
            )
        }
    }

    private static func certificates(_ path: String) throws -> TLSCertificates {
        try TLSCertificates(pem: try contents(path))
    }

    private static func contents(_ path: String) throws(ConfigurationError) -> [UInt8] {
        guard let contents = try? Data(contentsOf: URL(filePath: path)) else {
            throw ConfigurationError("the file can't be read")
        }
        return [UInt8](contents)
    }
}
