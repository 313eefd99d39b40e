import Testing

@testable import CommandDispatch

@Suite("How long a reply may be kept")
struct EntryLifeTests {
    @Test(
        "what was read of fields, until the first of them ends",
        arguments: [
            ("$1\r\nv\r\n", "*1\r\n:-1\r\n", Int64.max), (":0\r\n", "*1\r\n:-1\r\n", .max),
            ("*2\r\n$-1\r\n$1\r\nv\r\n", "*2\r\n:-2\r\n:-1\r\n", .max), ("_\r\n", "*1\r\n:-2\r\n", .max),
            ("*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nc\r\n", "*3\r\n:-1\r\n:700\r\n:900\r\n", 698),
            (":1\r\n", "*1\r\n:1\r\n", 0), (":1\r\n", "*1\r\n:0\r\n", 0),
            // It ended between the read and HPTTL, whatever the values look like.
            ("$1\r\nv\r\n", "*1\r\n:-2\r\n", 0), ("*2\r\n_\r\n$1\r\nv\r\n", "*2\r\n:-2\r\n:-2\r\n", 0),
            ("$5\r\n$-1\r\n\r\n", "*1\r\n:-2\r\n", 0), (":1\r\n", "*1\r\n:-2\r\n", 0),
            ("$1\r\nv\r\n", "*-1\r\n", nil), ("$1\r\nv\r\n", "*0\r\n", nil), ("$1\r\nv\r\n", "", nil),
            ("$1\r\nv\r\n", "-ERR unknown command 'HPTTL'\r\n", nil), ("$1\r\nv\r\n", "*1\r\n:x\r\n", nil),
        ]
    )
    func fields(reply: String, lives: String, milliseconds: Int64?) {
        let shortest = Array(lives.utf8).withUnsafeBytes { lives in
            Array(reply.utf8).withUnsafeBytes { EntryLife.shortest(ofFields: lives, reply: $0) }
        }
        #expect(shortest == milliseconds)
    }
}
