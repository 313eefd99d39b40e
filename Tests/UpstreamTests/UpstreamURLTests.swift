import Testing

@testable import Upstream

@Suite("Upstream URLs")
struct UpstreamURLTests {
    @Test(
        "what they mean",
        arguments: [
            ("redis://h", UpstreamURL.Endpoint.tcp(host: "h", port: 6379), nil, 0),
            ("REDIS://h:1/3", .tcp(host: "h", port: 1), nil, 3),
            (
                "rediss://u:p@h:2/3", .tcp(host: "h", port: 2),
                Credentials(user: Array("u".utf8), password: Array("p".utf8)), 3
            ),
            ("rediss://[::1]", .tcp(host: "::1", port: 6379), nil, 0),
            ("redis://[::1]:7/", .tcp(host: "::1", port: 7), nil, 0),
            ("redis://:p%40:w@h", .tcp(host: "h", port: 6379), Credentials(user: nil, password: Array("p@:w".utf8)), 0),
            (
                "redis://u:p@h/1", .tcp(host: "h", port: 6379),
                Credentials(user: Array("u".utf8), password: Array("p".utf8)), 1
            ),
            ("unix:///tmp/r.sock?db=2", .unix(path: "/tmp/r.sock"), nil, 2),
            ("unix://:pw@/tmp/r%20s", .unix(path: "/tmp/r s"), Credentials(user: nil, password: Array("pw".utf8)), 0),
        ] as [(String, UpstreamURL.Endpoint, Credentials?, Int)]
    )
    func meaning(text: String, endpoint: UpstreamURL.Endpoint, credentials: Credentials?, db: Int) throws {
        let url = try UpstreamURL(text)
        #expect(url.endpoint == endpoint)
        #expect(url.credentials == credentials)
        #expect(url.db == db)
        #expect(url.usesTLS == text.hasPrefix("rediss:"))
    }

    @Test(
        "what is wrong with them",
        arguments: [
            "h:6379", "http://h", "redis://", "redis://h:x", "redis://h:0", "redis://h:99999", "redis://h/x",
            "redis://h/-1",
            "redis://u@h", "redis://:%4@h", "unix://tmp", "unix:///tmp?x=1", "redis://h/0?a=b", "redis://[::1]x",
            "rediss://", "rediss://h:x", "redisss://h",
        ]
    )
    func errors(text: String) {
        #expect(throws: UpstreamURLError.self) { try UpstreamURL(text) }
    }

    @Test("the path of a socket has its limits")
    func longestPath() throws {
        let path = "/" + String(repeating: "s", count: UnixSocketPath.longest - 1)
        #expect(try UpstreamURL("unix://\(path)").endpoint == .unix(path: path))
        #expect(throws: UpstreamURLError.pathTooLong) { try UpstreamURL("unix://\(path)s") }
    }

    @Test("with TLS it is another place than without")
    func equality() throws {
        #expect(try UpstreamURL("rediss://h") == UpstreamURL("REDISS://h:6379/0"))
        #expect(try UpstreamURL("rediss://h") != UpstreamURL("redis://h"))
    }

    @Test("a password is never part of the description")
    func description() throws {
        #expect(try UpstreamURL("rediss://user:secret@h:1/2").description == "rediss://h:1")
        #expect(try UpstreamURL("rediss://user:secret@h:1/2").redacted == "rediss://h:1")
        #expect(try UpstreamURL("rediss://[::1]").withRoomForPassword == "rediss://:PASSWORD@[::1]:6379")
        #expect(try UpstreamURL("redis://user:secret@h:1/2").redacted == "redis://h:1")
        #expect(try UpstreamURL("redis://user:secret@h:1/2").description == "h:1")
        #expect(try UpstreamURL("redis://user:secret@[::1]").description == "[::1]:6379")
    }
}
