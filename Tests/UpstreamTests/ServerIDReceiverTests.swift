import Testing

@testable import Upstream

@Suite("Which server it is, and of what kind")
struct ServerIDReceiverTests {
    @Test(
        "Redis and Valkey name their kind differently",
        arguments: [
            ("# Server\r\nredis_version:7.0.15\r\nredis_mode:cluster\r\nrun_id:abc\r\n", "cluster", "abc"),
            ("# Server\r\nredis_version:7.2.4\r\nserver_mode:sentinel\r\nrun_id:abc\r\n", "sentinel", "abc"),
            ("-NOPERM no\r\n", nil, nil),
        ]
    )
    func kind(reply: String, mode: String?, id: String?) {
        var told: (mode: String?, id: String?)
        let receiver = ServerIDReceiver { told.id = $0 }
        receiver.onMode = { told.mode = $0 }
        Array(reply.utf8).withUnsafeBytes { receiver.receive(reply: $0) }
        #expect(told.mode == mode)
        #expect(told.id == id)
    }
}
