import Testing

@testable import Upstream

@Suite("What a server says of itself")
struct ServerInfoTests {
    @Test(
        "Redis and Valkey, by the names that each has for it",
        arguments: [
            ("redis_version:7.0.15\r\nredis_mode:cluster\r\nrun_id:abc", "cluster", false),
            ("redis_version:7.4.1\r\nredis_mode:standalone\r\nrun_id:abc", "standalone", true),
            ("redis_version:8.0\r\nredis_mode:standalone\r\nrun_id:abc", "standalone", true),
            ("redis_version:7\r\nredis_mode:standalone\r\nrun_id:abc", "standalone", false),
            ("redis_version:255.255.255\r\nredis_mode:standalone\r\nrun_id:abc", "standalone", true),
            ("redis_version:7.2.4\r\nvalkey_version:8.0.1\r\nserver_mode:sentinel\r\nrun_id:abc", "sentinel", false),
            ("redis_version:7.2.4\r\nvalkey_version:9.0.0\r\nserver_mode:standalone\r\nrun_id:abc", "standalone", true),
        ]
    )
    func names(lines: String, mode: String, expiresFields: Bool) {
        let info = ServerInfo("$999\r\n# Server\r\n\(lines)\r\n")
        #expect(info.id == "abc")
        #expect(info.mode == mode)
        #expect(info.expiresFields == expiresFields)
    }

    @Test("one that doesn't tell is none that is known")
    func silent() {
        var told: [String?] = []
        let receiver = TextReceiver { told.append($0) }
        for reply in ["-NOPERM no\r\n", "$2\r\nab\r\n"] {
            Array(reply.utf8).withUnsafeBytes { receiver.receive(reply: $0) }
        }
        #expect(told == [nil, "$2\r\nab\r\n"])
        let nothing = ServerInfo("$0\r\n\r\n")
        #expect(nothing.id == nil && nothing.mode == nil && nothing.expiresFields == nil)
    }
}
