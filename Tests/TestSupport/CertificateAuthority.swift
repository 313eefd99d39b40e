import Foundation

/// Signs certificates, by means of the openssl command.
public final class CertificateAuthority {
    private let directory: TemporaryDirectory
    private var key: String { directory.path + "/authority.key" }
    /// The path of its own certificate.
    public var certificate: String { directory.path + "/authority.pem" }
    private var count = 0

    /// A new one, whom nobody trusts yet.
    public init() throws {
        directory = try TemporaryDirectory()
        try request(["-keyout", key, "-out", certificate], extensions: "basicConstraints=critical,CA:true")
    }

    /// A new certificate for `names`, such as `DNS:localhost` or `IP:127.0.0.1`, and its key.
    public func issue(for names: String...) throws -> TLSFiles {
        count += 1
        let path = "\(directory.path)/\(count)"
        try request(
            ["-keyout", path + ".key", "-out", path + ".pem", "-CA", certificate, "-CAkey", key],
            extensions: "subjectAltName=" + names.joined(separator: ",")
        )
        return TLSFiles(
            certificate: path + ".pem",
            key: path + ".key",
            authority: certificate,
            directory: directory
        )
    }

    private func request(_ arguments: [String], extensions: String) throws {
        let configuration = directory.path + "/openssl.cnf"
        try "[req]\ndistinguished_name=name\nx509_extensions=own\n[name]\n[own]\n\(extensions)\n".write(
            toFile: configuration,
            atomically: true,
            encoding: .utf8
        )
        let process = try TestProcess(
            "/usr/bin/openssl",
            [
                "req", "-x509", "-config", configuration, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                "-nodes", "-days", "2", "-subj", "/CN=\(count == 0 ? "authority" : "number \(count)")",
            ] + arguments,
            output: directory.path + "/openssl.log"
        )
        guard try process.waitForExit() == 0 else { throw TestError("openssl failed: \(process.output)") }
    }
}
