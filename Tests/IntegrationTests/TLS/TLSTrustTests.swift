import Foundation
import TestSupport
import Testing

@Suite("Whom TLS lets be trusted", .serialized)
struct TLSTrustTests {
    private static let untrusted =
        "the server's certificate can't be verified: it isn't valid now, or nobody who is trusted has signed it "
        + "(--upstream-cacert)"
    private static let otherHost = "the server's certificate is for another host than the URL's"

    /// Expects ocm to end at its start because of `reason`.
    private func expectRefusal(_ ocm: OCMServer, at url: String, _ reason: String) throws {
        #expect(try ocm.process.waitForExit() == 1)
        #expect(ocm.log.hasSuffix("\nocm: cannot reach Redis at \(url): \(reason)\n"), "\(ocm.log)")
    }

    @Test("a certificate of an authority that isn't trusted is refused")
    func wrongAuthority() throws {
        let redis = try TLSRedis()
        let other = try CertificateAuthority()
        for options in [[], ["--upstream-cacert", other.certificate]] {
            let ocm = try OCMServer(upstream: redis.url(), options, ready: false)
            try expectRefusal(ocm, at: redis.url(), Self.untrusted)
        }
    }

    @Test("and when that happens later, it is said, and tried again")
    func wrongAuthorityLater() throws {
        let redis = try TLSRedis()
        let ocm = try redis.ocm()
        let client = try ocm.connect()
        #expect(try client.call("SET", "k", "v") == "+OK\r\n")
        try redis.server.kill()
        try redis.changeAuthority()
        try redis.server.start()
        let failure = "cannot reach Redis at \(redis.url()): \(Self.untrusted)"
        try waitUntil("it is refused") {
            try client.call("SET", "k", "v") == "-ERR ocm \(failure); the command was not sent\r\n"
        }
        #expect(try client.call("INFO", "ocm").contains("\r\nocm_upstream_error:\(failure)\r\n"))
        #expect(ocm.log.contains("\(failure); trying again until it answers\n"))
        let health = try ClientCommand(ocm).run("healthcheck")
        #expect(health.status == 1 && health.errors.contains(Self.untrusted), "\(health.errors)")
    }

    @Test(
        "a certificate must be for the host of the URL, be that a name or an address",
        arguments: [
            ("DNS:localhost", "localhost", true), ("DNS:localhost", "LOCALHOST", true),
            ("DNS:other.example", "localhost", false), ("DNS:localhost", "127.0.0.1", false),
            ("IP:127.0.0.1", "127.0.0.1", true), ("IP:127.0.0.2", "127.0.0.1", false),
        ]
    )
    func host(name: String, host: String, isRight: Bool) throws {
        let redis = try TLSRedis(for: name)
        let ocm = try redis.ocm(host: host, ready: isRight)
        if isRight {
            #expect(try ocm.connect().call("SET", "k", "v") == "+OK\r\n")
        } else {
            try expectRefusal(ocm, at: redis.url(host), Self.otherHost)
        }
    }

    @Test("an IPv6 address", .enabled(if: hasIPv6Loopback(), "this machine has no IPv6"))
    func addressOfVersion6() throws {
        let redis = try TLSRedis(["--bind", "::1"], for: "IP:::1")
        let ocm = try redis.ocm(host: "[::1]")
        #expect(try ocm.connect().call("SET", "k", "v") == "+OK\r\n")
        #expect(ocm.log.contains("connected to Redis at rediss://[::1]:\(redis.server.port)\n"))
    }

    @Test("--upstream-insecure lets anybody be trusted, and the log warns of it")
    func insecure() throws {
        let redis = try TLSRedis(for: "DNS:other.example")
        let ocm = try OCMServer(upstream: redis.url(), ["--upstream-insecure"])
        #expect(try ocm.connect().call("SET", "k", "v") == "+OK\r\n")
        #expect(ocm.log.contains(" warning ocm: [ocm] the certificate of Redis at \(redis.url()) isn't verified"))
    }

    @Test("a Redis that demands a certificate is shown one", arguments: ["TLSv1.2", "TLSv1.3"])
    func clientCertificate(version: String) throws {
        let redis = try TLSRedis(["--tls-auth-clients", "yes", "--tls-protocols", version])
        let ours = try redis.authority.issue(for: "DNS:client")
        let ocm = try redis.ocm(["--upstream-cert", ours.certificate, "--upstream-key", ours.key])
        #expect(try ocm.connect().call("SET", "k", "v") == "+OK\r\n")
        try ocm.waitUntilCaching()
        let others = try CertificateAuthority().issue(for: "DNS:client")
        let options = ["--upstream-cert", others.certificate, "--upstream-key", others.key]
        let stranger = try redis.ocm(options, ready: false)
        let reason = "it doesn't accept the certificate of --upstream-cert (tlsv1 alert unknown ca)"
        try expectRefusal(stranger, at: redis.url(), reason)
    }

    @Test("and if there is none to show, it is said that one is demanded")
    func missingClientCertificate() throws {
        let redis = try TLSRedis(["--tls-auth-clients", "yes", "--tls-protocols", "TLSv1.3"])
        let ocm = try redis.ocm(ready: false)
        try expectRefusal(ocm, at: redis.url(), "it demands a certificate (--upstream-cert)")
        let old = try TLSRedis(["--tls-auth-clients", "yes", "--tls-protocols", "TLSv1.2"])
        let oldOCM = try old.ocm()
        let error = try oldOCM.connect().call("GET", "k")
        #expect(error.contains(": it refuses the TLS handshake: it may demand a certificate (--upstream-cert), or "))
    }

    @Test("TLS before 1.2 isn't spoken")
    func oldVersion() throws {
        let redis = try TLSRedis(["--tls-protocols", "TLSv1.1", "--tls-ciphers", "DEFAULT:@SECLEVEL=0"])
        let ocm = try redis.ocm()
        let error = try ocm.connect().call("GET", "k")
        #expect(error.contains("the TLS handshake failed (tlsv1 alert protocol version); the command was not sent"))
    }
}
