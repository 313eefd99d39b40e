import JSON
import NIOCore
import Testing

@testable import RESTListener

@Suite("Values are stored and shown as section 4 of the design has it")
struct StoredValueTests {
    static func stored(_ json: String) -> String {
        Array(json.utf8).withUnsafeBytes { String(decoding: StoredValue.bytes($0), as: UTF8.self) }
    }

    static func shown(_ bytes: [UInt8]) -> String {
        var buffer = ByteBuffer()
        bytes.withUnsafeBytes { _ = buffer.writeStoredValue($0) }
        return String(buffer: buffer)
    }

    @Test(
        "a string that is no JSON itself is stored raw, everything else as it was sent",
        arguments: [
            ("\"hello\"", "hello"), ("\"\"", ""), ("\"a\\n\\u00e9\\ud83d\\ude00\\/\"", "a\né😀/"),
            ("\"123\"", "\"123\""),
            ("\"true\"", "\"true\""), ("\" [1] \"", "\" [1] \""), ("\"{\\\"a\\\":1}\"", "\"{\\\"a\\\":1}\""),
            ("123", "123"),
            ("1.0", "1.0"), ("{\"b\":1,\"a\":12345678901234567890}", "{\"b\":1,\"a\":12345678901234567890}"),
            ("\"\\ud800\"", "\"\\ud800\""), ("\"\\udc00x\"", "\"\\udc00x\""),
            ("\"\\ud800\\u0041\"", "\"\\ud800\\u0041\""),
            ("null", "null"), ("\"\\u0000\"", "\u{0}"), ("\"[\"", "["),
        ]
    )
    func stores(json: String, bytes: String) { #expect(Self.stored(json) == bytes) }

    @Test(
        "what is shown means what was sent",
        arguments: [
            "\"hello\"", "\"\"", "\"123\"", "\" [1] \"", "123", "1.0", "[1, 2]", "\"\\ud800\"", "\"\\u0000\"",
            "\"\\\"\"",
        ]
    )
    func roundTrip(json: String) {
        let shown = Self.shown(Array(Self.stored(json).utf8))
        let meaning = { (text: String) in
            Array(text.utf8).withUnsafeBytes { text.first == "\"" ? JSONString.unescape($0) : nil }
        }
        #expect(shown == json || meaning(shown) == meaning(json))
    }

    @Test("bytes that aren't UTF-8 are shown as base64")
    func binary() {
        #expect(Self.shown([0xFF, 0x00]) == "\"/wA=\"")
        #expect(Self.shown([]) == "\"\"")
        #expect(Self.shown(Array("a\u{1}\"\\".utf8)) == "\"a\\u0001\\\"\\\\\"")
    }
}
