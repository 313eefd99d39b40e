import Testing

@testable import Upstream

@Suite("Glob-style patterns")
struct GlobPatternTests {
    private func matches(_ pattern: String, _ text: String) -> Bool {
        Array(pattern.utf8).withUnsafeBytes { pattern in
            Array(text.utf8).withUnsafeBytes { GlobPattern(pattern).matches($0) }
        }
    }

    @Test(
        "match what Redis's match",
        arguments: [
            ("", "", true), ("", "a", false), ("*", "", true), ("*", "abc", true), ("a*", "a", true),
            ("*c", "abc", true),
            ("a*c", "abbc", true), ("a*c", "abcd", false), ("a**b", "axb", true), ("*a*b*", "xxaxxbxx", true),
            ("?", "", false), ("?", "a", true), ("a?c", "abc", true), ("h[ae]llo", "hello", true),
            ("h[ae]llo", "hillo", false), ("h[^e]llo", "hallo", true), ("h[^e]llo", "hello", false),
            ("h[a-c]llo", "hbllo", true), ("h[c-a]llo", "hbllo", true), ("h[a-c]llo", "hdllo", false),
            ("[a-", "a", true), ("[", "a", false), ("[abc", "b", true), ("[\\]]", "]", true), ("[]", "a", false),
            ("\\*", "*", true), ("\\*", "a", false), ("a\\", "a\\", true), ("*\\?", "ab?", true), ("[^]", "a", true),
        ]
    )
    func cases(pattern: String, text: String, expected: Bool) { #expect(matches(pattern, text) == expected) }

    @Test("take no longer than length times length, however many stars there are")
    func hostile() {
        let text = String(repeating: "a", count: 20_000)
        #expect(!matches(String(repeating: "a*", count: 500) + "b", text))
        #expect(matches(String(repeating: "a*", count: 500), text))
    }
}
