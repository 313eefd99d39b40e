import Testing

@testable import CacheClient

@Suite("JSON texts")
struct JSONTextTests {
    @Test(
        "what is JSON",
        arguments: [
            "null", "true", "false", "0", "-0", "12345678901234567890123", "1.50", "-1e400", "1E+2", "\"\"",
            "\"é\u{2028}\"",
            #""\"\\\/\b\f\n\r\t\u00e9\uD800""#, "[]", "{}", " [ 1 , \"a\" , [ ] ] ",
            "\t{\"a\" : {\"b\":[]} ,\r\n\"a\":1}\n",
            String(repeating: "[", count: 512) + String(repeating: "]", count: 512),
        ]
    )
    func valid(text: String) {
        #expect(JSONText.isValid(Array(text.utf8)))
    }

    @Test(
        "what isn't",
        arguments: [
            "", " ", "hello", "nul", "nulll", "True", "01", "1.", ".5", "-", "+1", "1e", "1e+", "NaN", "0x1", "'a'",
            "\"", "\"a",
            "\"\\\"", "\"\\x\"", "\"\\u12g4\"", "\"\\u123", "\"\n\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]",
            "{", "{\"a\"}",
            "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\":1 \"b\":2}", "1 2", "{}x", "\u{FEFF}1", "1\0",
            String(repeating: "[", count: 513) + String(repeating: "]", count: 513),
            String(repeating: "[", count: 1_000_000),
        ]
    )
    func invalid(text: String) {
        #expect(!JSONText.isValid(Array(text.utf8)))
    }

    @Test("strings that aren't UTF-8 aren't JSON", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]])
    func notUTF8(bytes: [UInt8]) {
        #expect(!JSONText.isValid([0x22] + bytes + [0x22]))
        #expect(!JSONText.isValid(bytes))
    }

    @Test("members are cut out as they stand, in order, repeated ones too")
    func members() throws {
        let text = #" { "b" : [1, {"x":1.0}] , "a\u0062\n": 1e400, "b": "\u0041", "" : -0 } "#
        let members = try #require(JSONText.members(of: Array(text.utf8)))
        #expect(members.map(\.key) == ["b", "ab\n", "b", ""])
        let values = members.map { String(decoding: $0.value, as: UTF8.self) }
        #expect(values == [#"[1, {"x":1.0}]"#, "1e400", #""\u0041""#, "-0"])
    }

    @Test("what is no object has no members", arguments: ["[]", "1", "", "{\"a\":1}x", "{\"a\":tru}"])
    func noMembers(text: String) {
        #expect(JSONText.members(of: Array(text.utf8))?.count == nil)
    }

    @Test("a string says what it was made of")
    func string() throws {
        let key = CacheKey("a\"\\/\u{0}\u{1F}\n\u{7F}é\u{1F600}")
        let object = try JSONText.object([key: Array("1".utf8)])
        #expect(JSONText.isValid(object))
        #expect(JSONText.members(of: object)?.map(\.key) == [key])
    }

    @Test("keys that aren't UTF-8 can't be in a batch")
    func binaryKey() throws {
        #expect(throws: CacheClientError.self) { try JSONText.array(["a", CacheKey(bytes: [0xFF])]) }
        #expect(String(decoding: try JSONText.array(["a", "\""]), as: UTF8.self) == #"["a","\""]"#)
    }
}
