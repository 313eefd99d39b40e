import TestSupport
import Testing

@Suite("Requests that Redis refuses")
struct ProtocolErrorTests {
    @Test(
        "get Redis's words, byte for byte, and the same end of the connection",
        arguments: [
            "*x\r\n", "*1\r\nPING\r\n", "*1\r\n$-5\r\n", "*1\r\n$999999999999\r\n", "\"a\r\n",
            "POST / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "PING\r\n*2\r\n$3\r\nGET\r\n:1\r\n",
            "set a b\r\nget a\r\n'\r\n", String(repeating: "a", count: 70_000),
            "*" + String(repeating: "1", count: 70_000),
            "*1\r\n\r\n", "*2\r\n$3\r\nGET\r\n\r\n", "\u{b} ECHO\u{b}a\r\nECHO a\u{b}b\r\nECHO 'a'\u{c}b\r\nQUIT\r\n",
            "QUIT\r\nPING\r\n", "*1\r\n$4\r\nQUIT\r\n",
        ]
    )
    func refused(input: String) throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: redis.url)
        let direct = try redis.connect()
        let through = try ocm.connect()
        try direct.send(input)
        try through.send(input)
        #expect(try direct.readToEnd() == through.readToEnd())
        #expect(try ocm.connect().call("PING") == "+PONG\r\n")
    }
}
