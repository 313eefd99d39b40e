import Testing

@testable import ocm

@Suite("Text for terminals")
struct TerminalTextTests {
    @Test("what a terminal might take for commands is made visible")
    func line() {
        #expect(TerminalText.line(Array("user:1 é 東京 \u{1F600}".utf8)) == "user:1 é 東京 \u{1F600}")
        #expect(TerminalText.line(Array("a\u{1B}[2J\n\u{7F}\u{9B}\0".utf8)) == "a\\x1b[2J\\x0a\\x7f\\xc2\\x9b\\x00")
        #expect(
            TerminalText.line([0x61, 0xFF, 0xE3, 0x81, 0x62, 0xED, 0xA0, 0x80]) == "a\\xff\\xe3\\x81b\\xed\\xa0\\x80"
        )
    }

    @Test("newlines and tabulators may stay")
    func lines() {
        #expect(TerminalText.lines(Array("a\tb\r\nc\u{1B}".utf8)) == "a\tb\\x0d\nc\\x1b")
    }

    @Test("characters of East Asia and pictures take two columns")
    func width() {
        #expect(TerminalText.width("abcé") == 4)
        #expect(TerminalText.width("東京") == 4)
        #expect(TerminalText.width("e\u{301}\u{1F600}") == 3)
        #expect(TerminalText.padded("東", 4) + "|" == "東  |")
    }

    @Test("too long a text ends with an ellipsis")
    func fitted() {
        #expect(TerminalText.fitted("abc", 3) == "abc")
        #expect(TerminalText.fitted("abcd", 3) == "ab…")
        #expect(TerminalText.fitted("東京都", 5) == "東京…")
        #expect(TerminalText.fitted("東京都", 4) == "東…")
        #expect(TerminalText.fitted("abcd", 1) == "…")
        #expect(TerminalText.fitted("abcd", 0).isEmpty)
    }

    @Test("tables are aligned")
    func table() {
        var table = TextTable(header: ["Keys", "n", "size"])
        table.add(["東京", "1,000", "1 B"])
        table.add(["a", "2", "100 B"])
        #expect(
            table.lines() == [
                "Keys        n   size",
                "  東京  1,000    1 B",
                "  a         2  100 B",
            ]
        )
        #expect(table.lines(firstColumn: 8, otherColumns: 6).first == "Keys           n    size")
    }
}
