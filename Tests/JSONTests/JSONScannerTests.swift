import JSON
import TestSupport
import Testing

@Suite("JSON is read over by RFC 8259 to the letter")
struct JSONScannerTests {
    static let valid = [
        "null", "true", "false", "0", "-0", "1", "-12", "0.5", "1.0", "1e9", "1E-9", "1.5e+300", "1e400", "\"\"",
        "\"a\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\"", "\"\\uD83D\\uDE00\"", "\"\\ud800\"", "\"日本語 😀\"", "[]", "{}",
        "[1,2]",
        " [ 1 , { \"a\" : [ ] } ] ", "{\"a\":1,\"a\":2}", "{\"\":null}", "\t\r\n1\n", "\"\u{7f}\"",
        "123456789012345678901234567890",
    ]
    static let invalid = [
        "", " ", "nul", "nulll", "True", "+1", "01", "-", "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity", "'a'",
        "\"", "\"\\",
        "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "\"\u{1}\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]",
        "{", "}", "{\"a\"",
        "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "1 2", "[] []", "\u{feff}1",
        "/**/1", "1//",
        "\u{a0}1", "[1}", "{\"a\":1]",
    ]

    static func isValid(_ bytes: [UInt8]) -> Bool { bytes.withUnsafeBytes { JSONScanner.isValid($0) } }

    @Test("valid texts", arguments: valid)
    func isTaken(text: String) { #expect(Self.isValid(Array(text.utf8))) }

    @Test("invalid texts", arguments: invalid)
    func isRefused(text: String) { #expect(!Self.isValid(Array(text.utf8))) }

    @Test(
        "bytes that aren't UTF-8 are in no string",
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xE2, 0x82],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xFE],
        ] as [[UInt8]]
    )
    func notUTF8(bytes: [UInt8]) {
        #expect(!Self.isValid([0x22] + bytes + [0x22]))
        #expect(!bytes.withUnsafeBytes { UTF8Sequence.isValid($0) })
        #expect(!Self.isValid(bytes))
    }

    @Test("nesting is bounded, in arrays, objects and both")
    func depth() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":", "}]")] {
            let levels = JSONScanner.deepest / (open.count > 5 ? 2 : 1)
            func nested(_ count: Int) -> [UInt8] {
                Array((String(repeating: open, count: count) + "1" + String(repeating: close, count: count)).utf8)
            }
            #expect(Self.isValid(nested(levels)))
            #expect(!Self.isValid(nested(levels + 1)))
            #expect(!Self.isValid(nested(100_000)))
        }
        #expect(!Self.isValid(Array(repeating: UInt8(ascii: "["), count: 1_000_000)))
        // What was closed counts no more.
        #expect(Self.isValid(Array(("[" + Array(repeating: "[]", count: 10_000).joined(separator: ",") + "]").utf8)))
    }

    @Test("no text crashes it, and every text cut short is invalid or was whole")
    func mutations() {
        var random = SplitMix64(seed: 42)
        for text in Self.valid {
            let bytes = Array(text.utf8)
            for _ in 0..<200 {
                var mutant = bytes
                for _ in 0..<Int.random(in: 1...3, using: &random) where !mutant.isEmpty {
                    let place = Int.random(in: 0..<mutant.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: mutant[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: mutant.remove(at: place)
                    default: mutant.insert(UInt8.random(in: 0...255, using: &random), at: place)
                    }
                }
                _ = Self.isValid(mutant)
            }
            for length in 0..<bytes.count where bytes.first == UInt8(ascii: "{") || bytes.first == UInt8(ascii: "[") {
                #expect(!Self.isValid(Array(bytes[..<length])))
            }
        }
    }

    @Test("values are cut out where they stand")
    func members() throws {
        let text = Array("{\"value\" : {\"a\": 1.0} , \"ttl\":60}".utf8)
        try text.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            var found: [String: String] = [:]
            try scanner.members { scanner, name throws(JSONError) in
                let value = try scanner.value()
                found[String(decoding: bytes[name], as: UTF8.self)] = String(decoding: bytes[value], as: UTF8.self)
            }
            try scanner.end()
            #expect(found == ["\"value\"": "{\"a\": 1.0}", "\"ttl\"": "60"])
        }
    }
}
