import NIOHTTP1
import Testing

@testable import RESTListener

@Suite("Bodies are taken as they should be, or refused with a reason")
struct BodyTests {
    static func parse<Body>(
        _ text: String,
        _ parse: (UnsafeRawBufferPointer) throws(HTTPError) -> Body
    ) -> Result<Body, HTTPError> {
        Array(text.utf8).withUnsafeBytes { bytes in Result { () throws(HTTPError) -> Body in try parse(bytes) } }
    }

    @Test(
        "times to live",
        arguments: [
            ("60", 60_000), ("0.5", 500), ("1e2", 100_000), ("0.001", 1), ("1.0004", 1000),
            ("9999999999", 9_999_999_999_000),
        ]
    )
    func timeToLive(text: String, milliseconds: Int) throws {
        let body = try Self.parse("{\"value\":1,\"ttl\":\(text)}", SetBody.init).get()
        #expect(body.timeToLive == milliseconds && body.value == [UInt8(ascii: "1")])
    }

    @Test("no time to live, or null for none")
    func noTimeToLive() throws {
        #expect(try Self.parse("{\"value\":1}", SetBody.init).get().timeToLive == nil)
        #expect(try Self.parse("{\"ttl\":null,\"value\":1}", SetBody.init).get().timeToLive == nil)
    }

    @Test(
        "bodies that are refused",
        arguments: [
            ("", "there is no object at byte 0"), ("[]", "there is no object"), ("{\"value\":1", "there is no ','"),
            ("{\"value\":1}x", "there is something behind the value"), ("{}", "'value' is missing"),
            ("{\"value\":1,\"tll\":2}", "unknown member 'tll'"),
            ("{\"value\":1,\"value\":2}", "'value' is there twice"),
            ("{\"value\":1,\"ttl\":0}", "from 0.001"), ("{\"value\":1,\"ttl\":-1}", "from 0.001"),
            ("{\"value\":1,\"ttl\":1e10}", "less than 10000000000"),
            ("{\"value\":1,\"ttl\":\"60\"}", "ttl must be a number"),
            ("{\"value\":1,\"ttl\":true}", "ttl must be a number"), ("{\"value\":1,\"ttl\":0.0001}", "from 0.001"),
            ("{\"value\":1,\"encoding\":\"base64\"}", "isn't a string of base64"),
            ("{\"value\":\"!\",\"encoding\":\"base64\"}", "isn't a string of base64"),
            ("{\"value\":\"AA==\",\"encoding\":\"gzip\"}", "the only encoding is"),
        ]
    )
    func refused(text: String, reason: String) {
        guard case .failure(let error) = Self.parse(text, SetBody.init) else {
            Issue.record("it was taken")
            return
        }
        #expect(error.status == .badRequest && error.message.contains(reason), "\(error.message)")
    }

    @Test("base64 is decoded")
    func base64() throws {
        #expect(try Self.parse("{\"value\":\"/wA=\",\"encoding\":\"base64\"}", SetBody.init).get().value == [0xFF, 0])
    }

    @Test("batches")
    func batches() throws {
        #expect(try Self.parse("{\"keys\":[\"a\",\"b\",\"a\"]}", BatchGetBody.init).get().keys == [[97], [98]])
        let items = try Self.parse("{\"items\":{\"a\":\"x\",\"b\":[1]},\"ttl\":1}", BatchSetBody.init).get()
        #expect(items.items.map(\.key) == [[97], [98]] && items.items.map(\.value) == [[120], Array("[1]".utf8)])
        #expect(items.timeToLive == 1000)
        let many = (0...BatchGetBody.mostKeys).map { "\"\($0)\"" }.joined(separator: ",")
        for text in [
            "{\"keys\":\"a\"}", "{\"keys\":[1]}", "{\"keys\":[\"\"]}", "{}", "{\"keys\":[\"\\ud800\"]}",
            "{\"keys\":[\(many)]}",
        ] {
            #expect(throws: HTTPError.self) { try Self.parse(text, BatchGetBody.init).get() }
        }
        for text in [
            "{\"items\":[]}", "{\"items\":{\"\":1}}", "{\"items\":{\"a\":1,\"a\":2}}", "{\"items\":{},\"x\":1}",
        ] {
            #expect(throws: HTTPError.self) { try Self.parse(text, BatchSetBody.init).get() }
        }
    }

    @Test("commands")
    func commands() throws {
        let body = try Self.parse(" [\"SET\", \"k\", 1.50, -2] ", CommandBody.init).get()
        #expect(body.arguments.map { String(decoding: $0, as: UTF8.self) } == ["SET", "k", "1.50", "-2"])
        for text in ["[]", "{}", "[null]", "[[\"a\"]]", "[\"a\"", "\"PING\""] {
            #expect(throws: HTTPError.self) { try Self.parse(text, CommandBody.init).get() }
        }
    }
}
