import Testing

@testable import CommandDispatch

@Suite("How long a reply may be kept")
struct EntryLifeTests {
    @Test(
        "what was read of fields, until the first of them ends",
        arguments: [
            ("*1\r\n:-1\r\n", Int64.max), ("*2\r\n:-2\r\n:-1\r\n", .max), ("*3\r\n:-1\r\n:700\r\n:900\r\n", 698),
            ("*2\r\n:1\r\n:-1\r\n", 0), ("*1\r\n:0\r\n", 0), ("*-1\r\n", nil), ("*0\r\n", nil), ("", nil),
            ("-ERR unknown command 'HPTTL'\r\n", nil), ("*1\r\n:x\r\n", nil),
        ]
    )
    func fields(reply: String, milliseconds: Int64?) {
        #expect(Array(reply.utf8).withUnsafeBytes { EntryLife.shortest(ofFields: $0) } == milliseconds)
    }
}
