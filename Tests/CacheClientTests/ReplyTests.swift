import NIOHTTP1
import Testing

@testable import CacheClient

@Suite("Answers")
struct ReplyTests {
    private static let url = "http://localhost:8000"

    private func reply(_ text: String, _ status: HTTPResponseStatus = .ok) -> APIReply {
        APIReply(status: status, body: Array(text.utf8))
    }

    @Test(
        "errors are told apart by their status, and say what the server says",
        arguments: [
            (HTTPResponseStatus.badRequest, CacheClientError.Code.rejected), (.payloadTooLarge, .rejected),
            (.forbidden, .forbidden), (.conflict, .wrongType), (.internalServerError, .serverFailed),
            (.serviceUnavailable, .unavailable), (.insufficientStorage, .outOfMemory),
        ]
    )
    func errors(status: HTTPResponseStatus, code: CacheClientError.Code) {
        let error = CacheClientError(reply: reply(#"{"error":"a reason"}"#, status), url: Self.url)
        #expect(error.code == code && error.message == "a reason")
    }

    @Test("what isn't ocm's error isn't taken for one", arguments: ["<html>", "", "[]", "{}", #"{"error":1}"#])
    func foreign(body: String) {
        let error = CacheClientError(reply: reply(body, .badGateway), url: Self.url)
        #expect(error.code == .unexpectedReply)
        #expect(error.message == "\(Self.url) answered 502 Bad Gateway, and not as ocm does: check the URL")
    }

    @Test("a key is missing only if the server says so")
    func missing() throws {
        #expect(try reply(#"{"key":"k","found":false}"#, .notFound).isFound(url: Self.url) == false)
        #expect(try reply("anything").isFound(url: Self.url))
        for body in ["<html>", #"{"error":"there is nothing"}"#, #"{"found":true}"#] {
            let error = #expect(throws: CacheClientError.self) { try reply(body, .notFound).isFound(url: Self.url) }
            #expect(error?.code == .unexpectedReply)
        }
    }

    @Test(
        "who says 200 to everything isn't ocm",
        arguments: [
            ("<html>", false), ("", false), ("{}", false), ("[true]", false), (#"{"key":"k","stored":false}"#, false),
            (#"{"key":"k","invalidated":true}"#, false), (#"{"key":"k","stored":true}"#, true),
        ]
    )
    func confirmations(body: String, isAnswer: Bool) throws {
        for request in [
            try APIRequest.store([], under: "k", ttl: nil), try APIRequest.store(json: [0x31], under: "k", ttl: nil),
        ] {
            #expect(request.sign.marks(reply(body)) == isAnswer)
        }
        #expect(try !APIRequest.entry(of: "k").sign.marks(reply(body)))
        #expect(!APIRequest.liveness.sign.marks(reply(body)) && !APIRequest.statistics.sign.marks(reply(body)))
    }

    @Test("values come as bytes, and with an entity tag")
    func values() throws {
        let sign = try APIRequest.value(of: "k").sign
        func marks(_ headers: HTTPHeaders) -> Bool {
            sign.marks(APIReply(status: .ok, headers: headers, body: Array("<html>".utf8)))
        }
        #expect(marks(["content-type": "application/octet-stream", "etag": #""0-6-raw""#]))
        #expect(!marks(["content-type": "application/octet-stream"]))
        #expect(!marks(["content-type": "text/html", "etag": #""0-6-raw""#]) && !marks([:]))
    }

    @Test("the values of a batch are what stands in the answer")
    func batch() throws {
        let values = try reply(
            #"""
            {"values": {"a": {"y": 1.0,"x":12345678901234567890}, "e\u0301":"s", "\u00e9":null, "b":"/wA="}, "missing":["m"],
            "encodings": {"b":"base64"}}
            """#
        ).batchValues(url: Self.url)
        #expect(
            values == [
                "a": .json(Array(#"{"y": 1.0,"x":12345678901234567890}"#.utf8)), "e\u{301}": .json(Array("\"s\"".utf8)),
                "\u{E9}": .json(Array("null".utf8)), "b": .binary([0xFF, 0]),
            ]
        )
        for body in ["[]", "{}", #"{"values":[]}"#, #"{"values":{"b":1},"encodings":{"b":"base64"}}"#] {
            #expect(throws: CacheClientError.self) { try reply(body).batchValues(url: Self.url) }
        }
    }

    @Test("what of a batch was not stored, and why")
    func batchErrors() throws {
        let body = #"{"results":{"a":true,"b":false,"c":false},"errors":{"b":"OOM \"x\""}}"#
        #expect(try reply(body).batchErrors(url: Self.url) == ["b": "OOM \"x\"", "c": "it wasn't stored"])
        #expect(try reply(#"{"results":{"a":true}}"#).batchErrors(url: Self.url).isEmpty)
    }

    @Test("pages of keys, with keys that aren't UTF-8")
    func keys() throws {
        let page = try reply(#"{"keys":["a","é"],"encoded_keys":["/wA="],"cursor":"17"}"#)
            .decoded(KeyPage.self, url: Self.url)
        #expect(page.allKeys == ["a", "é", CacheKey(bytes: [0xFF, 0])] && page.cursor == "17")
        #expect(try reply(#"{"keys":[]}"#).decoded(KeyPage.self, url: Self.url).cursor == nil)
    }

    @Test("statistics of a server that tells only the least")
    func fewStatistics() throws {
        let statistics = try reply(
            """
            {"version": "1.0.0", "hit_rate": 0.75, "memory_usage_bytes": 1048576, "memory_usage_mb": 1.0,
            "memory_limit_bytes": 104857600, "memory_limit_mb": 100.0, "memory_usage_percent": 1.0,
            "avg_cached_time_ms": 0.5, "avg_uncached_time_ms": 15.0, "redis_enabled": true, "redis": {
            "used_memory": 1048576, "used_memory_peak": 2097152, "used_memory_human": "1M", "mem_fragmentation_ratio": 1.2,
            "connected_clients": 1, "keyspace_hits": 150, "keyspace_misses": 50, "total_commands_processed": 500}}
            """
        ).decoded(ServerStatistics.self, url: Self.url)
        #expect(statistics.hitRate == 0.75 && statistics.memoryLimitBytes == 100 << 20)
        #expect(statistics.redis?.keyspaceHits == 150 && statistics.cache == nil && statistics.topKeys == nil)
    }

    @Test("top keys that aren't UTF-8")
    func topKeys() throws {
        let keys = try reply(#"[{"key":"a","count":2},{"key":"/wA=","encoding":"base64","count":1}]"#)
            .decoded([TopKey].self, url: Self.url)
        #expect(keys.map(\.key) == ["a", CacheKey(bytes: [0xFF, 0])] && keys.map(\.count) == [2, 1])
    }
}
