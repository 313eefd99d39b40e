import CacheClient
import Testing

@testable import ocm

@Suite("Printing keys")
struct KeyPrinterTests {
    private static let keys: [CacheKey] = ["a", "q\"\n", CacheKey(bytes: [0xFF, 0]), "é", CacheKey(bytes: [0xFE])]

    private func print(_ keys: [CacheKey], _ printer: some KeyPrinter) -> [UInt8] {
        var printer = printer
        var text: [UInt8] = []
        for key in keys { printer.append(key, to: &text) }
        printer.end(&text)
        return text
    }

    @Test("as JSON, as if all were on one page")
    func json() {
        let text = String(decoding: print(Self.keys, JSONKeyPrinter()), as: UTF8.self)
        #expect(text == "{\"keys\":[\"a\",\"q\\\"\\u000a\",\"é\"],\"encoded_keys\":[\"/wA=\",\"/g==\"]}\n")
        #expect(String(decoding: print([], JSONKeyPrinter()), as: UTF8.self) == "{\"keys\":[]}\n")
    }

    @Test("as lines, byte for byte or fit for a terminal")
    func lines() {
        let key = CacheKey(bytes: [0x61, 0x1B, 0xFF])
        #expect(print([key], LineKeyPrinter(isForTerminal: false)) == [0x61, 0x1B, 0xFF, 0x0A])
        #expect(print([key], LineKeyPrinter(isForTerminal: true)) == Array("a\\x1b\\xff\n".utf8))
    }
}
