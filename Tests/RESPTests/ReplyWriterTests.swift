import NIOCore
import RESP
import Testing

@Suite("Replies are written as Redis writes them")
struct ReplyWriterTests {
    private func text(_ value: RESPValue, _ version: RESPVersion) -> String {
        var buffer = ByteBuffer()
        buffer.writeValue(value, version)
        return String(buffer: buffer)
    }

    @Test(
        "each type in both versions",
        arguments: [
            (RESPValue.simpleString("OK"), "+OK\r\n", "+OK\r\n"),
            (.error("ERR a\r\nb"), "-ERR a  b\r\n", "-ERR a  b\r\n"),
            (.integer(.min), ":-9223372036854775808\r\n", ":-9223372036854775808\r\n"),
            (.bulkString([0, 255]), "$2\r\n\0\u{FFFD}\r\n", "$2\r\n\0\u{FFFD}\r\n"), (.null, "$-1\r\n", "_\r\n"),
            (.double(3.5), "$3\r\n3.5\r\n", ",3.5\r\n"), (.double(10), "$2\r\n10\r\n", ",10\r\n"),
            (.double(-.infinity), "$4\r\n-inf\r\n", ",-inf\r\n"), (.boolean(true), ":1\r\n", "#t\r\n"),
            (.boolean(false), ":0\r\n", "#f\r\n"), (.bigNumber("123"), "$3\r\n123\r\n", "(123\r\n"),
            (.verbatimString(format: "txt", [65]), "$1\r\nA\r\n", "=5\r\ntxt:A\r\n"),
            (.map([(key: .integer(1), value: .null)]), "*2\r\n:1\r\n$-1\r\n", "%1\r\n:1\r\n_\r\n"),
            (.set([.integer(1)]), "*1\r\n:1\r\n", "~1\r\n:1\r\n"),
            (.push([.integer(1)]), "*1\r\n:1\r\n", ">1\r\n:1\r\n"),
            (.attribute([(key: .integer(1), value: .integer(2))], .integer(3)), ":3\r\n", "|1\r\n:1\r\n:2\r\n:3\r\n"),
        ] as [(RESPValue, String, String)]
    )
    func types(value: RESPValue, resp2: String, resp3: String) {
        #expect(text(value, .resp2) == resp2)
        #expect(text(value, .resp3) == resp3)
    }
}

@Suite("Numbers are read as Redis reads them")
struct DecimalTests {
    @Test(
        arguments: [
            ("0", 0), ("-1", -1), ("9223372036854775807", .max), ("-9223372036854775808", .min), ("10", 10), ("", nil),
            ("-", nil), ("+1", nil), ("01", nil), ("-0", nil), (" 1", nil), ("1 ", nil), ("9223372036854775808", nil),
            ("-9223372036854775809", nil), ("99999999999999999999", nil), ("1.0", nil), ("1\0", nil),
        ] as [(String, Int?)]
    )
    func parse(text: String, number: Int?) {
        #expect(bytes(text).withUnsafeBytes { Decimal.parse($0) } == number)
    }

    @Test(arguments: [0, 9, 10, -1, 99, 100, 12345, .max, .min])
    func write(number: Int) {
        let written = [UInt8](unsafeUninitializedCapacity: 24) { target, count in
            count = Decimal.write(number, to: UnsafeMutableRawPointer(target.baseAddress.unsafelyUnwrapped))
        }
        #expect(String(decoding: written, as: UTF8.self) == String(number))
    }
}

@Suite("Command names are told apart")
struct CommandNameTests {
    @Test("case doesn't matter, bytes do")
    func names() throws {
        #expect(try #require(CommandName("GET")) == #require(CommandName("get")))
        #expect(try #require(CommandName("GeoRadiusByMember_RO")) == #require(CommandName("georadiusbymember_ro")))
        #expect(try #require(CommandName("get")) != #require(CommandName("gets")))
        #expect(try #require(CommandName("@ET")) != #require(CommandName("`ET")))
        #expect(try #require(CommandName("[")) != #require(CommandName("{")))
        #expect(CommandName("") == nil)
        #expect(CommandName(String(repeating: "x", count: 25)) == nil)
        #expect(CommandName(String(repeating: "x", count: 24)) != nil)
    }
}
