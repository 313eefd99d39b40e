import Foundation
import TestSupport
import Testing
import Upstream

@testable import ocm

@Suite("Options of TLS with the upstream")
struct UpstreamTLSOptionsTests {
    private func configuration(_ options: [String: String]) throws -> UpstreamConfiguration? {
        try UpstreamConfiguration(OptionReader(ConfigurationSources.gather(given: options)))
    }

    /// What is wrong with them; nothing if nothing is.
    private func error(_ options: [String: String]) -> String {
        do {
            _ = try configuration(options)
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("only a URL with rediss:// brings TLS, which verifies unless it is told not to")
    func scheme() throws {
        #expect(try configuration([:]) == nil)
        #expect(try configuration(["upstream": "redis://h"])?.tls == nil)
        #expect(try configuration(["upstream": "redis://h", "upstream-insecure": "no"])?.tls == nil)
        #expect(try configuration(["upstream": "rediss://h"])?.tls?.verifies == true)
        #expect(try configuration(["upstream": "rediss://h", "upstream-insecure": "yes"])?.tls?.verifies == false)
    }

    @Test(
        "without TLS there is nothing for them to say",
        arguments: [nil, "redis://h", "unix:///tmp/s"],
        ["upstream-cacert", "upstream-cert", "upstream-key"]
    )
    func withoutTLS(url: String?, name: String) {
        var options = [name: "/nowhere"]
        options["upstream"] = url
        let reason = "is for TLS, and so for an upstream with rediss:// only"
        #expect(error(options) == "--\(name) \(reason)")
        options[name] = nil
        options["upstream-insecure"] = "yes"
        #expect(error(options) == "--upstream-insecure \(reason)")
    }

    @Test("files are certificates and keys that belong together")
    func files() throws {
        let authority = try CertificateAuthority()
        let (ours, others) = (try authority.issue(for: "DNS:a"), try authority.issue(for: "DNS:b"))
        var options = [
            "upstream": "rediss://h", "upstream-cacert": ours.authority, "upstream-cert": ours.certificate,
            "upstream-key": ours.key,
        ]
        #expect(try configuration(options)?.tls != nil)
        options["upstream-key"] = others.key
        #expect(error(options) == "--upstream-key: it isn't the key of the certificate")
        options["upstream-key"] = nil
        let together = "a certificate and its key go together: --upstream-cert, --upstream-key"
        #expect(error(options) == "--upstream-cert: \(together)")
        options["upstream-cert"] = nil
        options["upstream-key"] = ours.key
        #expect(error(options) == "--upstream-key: \(together)")
    }

    @Test("a file that is missing, empty or something else is named", arguments: ["cacert", "cert", "key"])
    func wrongFiles(kind: String) throws {
        let directory = try TemporaryDirectory()
        let empty = directory.path + "/empty"
        try Data().write(to: URL(fileURLWithPath: empty))
        let name = "upstream-\(kind)"
        let wrong = "there is no \(kind == "key" ? "private key" : "certificate") in it"
        for (path, reason) in [
            ("/nowhere", "the file can't be read"), (directory.path, "the file can't be read"), (empty, wrong),
            ("/etc/passwd", wrong),
        ] {
            #expect(error(["upstream": "rediss://h", name: path]).hasPrefix("--\(name) '\(path)': \(reason)"))
        }
    }

    @Test("a key with a passphrase on it isn't asked for")
    func passphrase() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/key.pem"
        let process = try TestProcess(
            "/usr/bin/openssl",
            ["genrsa", "-aes128", "-passout", "pass:secret", "-out", path, "2048"],
            output: directory.path + "/openssl.log"
        )
        #expect(try process.waitForExit() == 0)
        #expect(
            error(["upstream": "rediss://h", "upstream-key": path]).hasSuffix(
                "there is no private key in it that can be read: PEM is needed, and no passphrase on it"
            )
        )
    }
}
