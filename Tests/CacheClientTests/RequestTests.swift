import NIOHTTP1
import Testing

@testable import CacheClient

@Suite("Requests")
struct RequestTests {
    @Test("keys of any bytes have a path of their own")
    func paths() throws {
        let paths = try ["a", "user:1", "a/b", "//", "..", "%41", "é", "a b?c#d", "A-Z_~."].map {
            try APIRequest.value(of: CacheKey($0)).path
        }
        #expect(
            paths.map { $0.dropFirst("/api/cache/key/".count) } == [
                "a", "user%3A1", "a%2Fb", "%2F%2F", "..", "%2541", "%C3%A9", "a%20b%3Fc%23d", "A-Z_~.",
            ]
        )
    }

    @Test("keys that could be taken for another path aren't sent", arguments: [[], [0xFF], [0x61, 0xC3]])
    func refusedKeys(bytes: [UInt8]) {
        let error = #expect(throws: CacheClientError.self) { try APIRequest.invalidate(CacheKey(bytes: bytes)) }
        #expect(error?.code == .invalidArgument)
    }

    @Test("values are sent as they are")
    func bodies() throws {
        let json = Array(#"{"b": 1.0,  "a":12345678901234567890}"#.utf8)
        let post = try APIRequest.store(json: json, under: "k", ttl: .milliseconds(1500))
        #expect(post.method == .POST)
        #expect(try text(post) == #"{"value":{"b": 1.0,  "a":12345678901234567890},"ttl":1.5}"#)
        let put = try APIRequest.store([0, 0xFF], under: "k", ttl: .seconds(60))
        #expect(put.method == .PUT && put.path.hasSuffix("k?ttl=60") && put.body?.bytes == [0, 0xFF])
        #expect(try text(APIRequest.store(items: Array("{}".utf8), ttl: nil)) == #"{"items":{}}"#)
    }

    private func text(_ request: APIRequest) throws -> String {
        String(decoding: try #require(request.body).bytes, as: UTF8.self)
    }

    @Test("patterns and cursors are escaped")
    func keys() {
        #expect(APIRequest.keys(matching: nil, cursor: nil).path == "/api/cache/keys")
        #expect(
            APIRequest.keys(matching: "a&b=*", cursor: "12").path == "/api/cache/keys?pattern=a%26b%3D%2A&cursor=12"
        )
    }

    @Test(
        "durations as seconds",
        arguments: [
            (Duration.seconds(60), "60"), (.milliseconds(500), "0.5"), (.milliseconds(1), "0.001"), (.zero, "0"),
            (.milliseconds(1020), "1.02"), (.seconds(9_999_999_999), "9999999999"), (.milliseconds(-1500), "-1.5"),
            (.milliseconds(-500), "-0.5"), (.seconds(Int64.max), "9223372036854775807"),
        ]
    )
    func seconds(duration: Duration, text: String) {
        #expect(duration.inSeconds == text)
    }

    @Test("keys are their bytes")
    func equality() {
        let composed = CacheKey("\u{E9}")
        let decomposed = CacheKey("e\u{301}")
        #expect(composed != decomposed && Set([composed, decomposed]).count == 2)
        #expect(CacheKey(bytes: Array("a".utf8)) == "a")
        #expect(CacheKey(bytes: [0xFF]).text == nil && CacheKey("\(1):a").text == "1:a")
    }

    @Test(
        "URLs that servers have",
        arguments: [
            ("http://localhost:8000", "http://localhost:8000"), ("https://h/ocm/", "https://h/ocm"),
            ("HTTP://[::1]:80//", "HTTP://[::1]:80"),
        ]
    )
    func url(given: String, used: String) throws {
        #expect(try CacheClient(url: given).url == used)
    }

    @Test(
        "and others",
        arguments: [
            "", "localhost", "localhost:8000", "redis://localhost", "http://", "http:///x", "http://h?x=1",
            "http://h#x", "h t",
        ]
    )
    func wrongURL(given: String) {
        let error = #expect(throws: CacheClientError.self) { try CacheClient(url: given) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message == "'\(given)' is no server's URL: write it as http://localhost:8000")
    }

    @Test("a password in a URL isn't shown")
    func password() {
        let error = #expect(throws: CacheClientError.self) { try CacheClient(url: "http://u:secret@h") }
        #expect(error?.code == .invalidURL && error?.message.contains("secret") == false)
    }
}
