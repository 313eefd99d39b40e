import Foundation
import TestSupport

/// A Redis that speaks TLS at its port, with a certificate for localhost, and who has signed that.
final class TLSRedis {
    let authority: CertificateAuthority
    let files: TLSFiles
    let server: RedisServer
    private let directory: TemporaryDirectory

    init(_ arguments: [String] = [], for names: String = "DNS:localhost") throws {
        authority = try CertificateAuthority()
        files = try authority.issue(for: names)
        server = try RedisServer(arguments, tls: files)
        directory = try TemporaryDirectory()
    }

    /// Its URL by `host`.
    func url(_ host: String = "localhost") -> String { "rediss://\(host):\(server.port)" }

    /// An ocm before it that trusts the authority.
    func ocm(_ arguments: [String] = [], host: String = "localhost", ready: Bool = true) throws -> OCMServer {
        try OCMServer(
            upstream: url(host),
            ["--upstream-cacert", authority.certificate] + arguments,
            ready: ready
        )
    }

    /// What redis-cli is answered over TLS.
    @discardableResult
    func ask(_ words: String...) throws -> String {
        let process = try TestProcess(
            "/usr/bin/redis-cli",
            ["-h", "localhost", "-p", "\(server.port)", "--tls", "--cacert", authority.certificate] + words,
            output: directory.path + "/redis-cli.log"
        )
        guard try process.waitForExit() == 0 else { throw TestError("redis-cli failed: \(process.output)") }
        return process.output
    }

    /// From its next start on it shows a certificate of another authority.
    func changeAuthority() throws {
        let others = try CertificateAuthority().issue(for: "DNS:localhost")
        for (path, other) in [(files.certificate, others.certificate), (files.key, others.key)] {
            try Data(contentsOf: URL(fileURLWithPath: other)).write(to: URL(fileURLWithPath: path))
        }
    }
}
