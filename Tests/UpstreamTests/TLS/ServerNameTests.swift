import Testing

@testable import Upstream

@Suite("Whom a TLS connection is meant for")
struct ServerNameTests {
    @Test(
        "a name is sent to the server, an address isn't",
        arguments: [
            ("redis.example", "redis.example"), ("redis.example.:1", "redis.example"), ("localhost", "localhost"),
            ("127.0.0.1", nil), ("[::1]:1", nil), ("[fe80::1%eth0]", nil), ("127.0.0.1.example", "127.0.0.1.example"),
        ] as [(String, String?)]
    )
    func name(host: String, name: String?) throws {
        #expect(try UpstreamTLS.serverName(UpstreamURL("rediss://\(host)")) == name)
    }
}
