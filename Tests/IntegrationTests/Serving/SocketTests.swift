import Foundation
import TestSupport
import Testing

@Suite("Unix sockets")
struct SocketTests {
    @Test("clients and the upstream can use them, and ours is gone afterwards")
    func bothSides() throws {
        let redis = try RedisServer()
        let ocm = try OCMServer(upstream: "unix://\(redis.socketPath)")
        let client = try RawConnection(socketPath: ocm.socketPath)
        #expect(try client.call("SET", "k", "v") == "+OK\r\n")
        #expect(try redis.connect().call("GET", "k") == "$1\r\nv\r\n")
        #expect(try ocm.stop() == 0)
        #expect(!FileManager.default.fileExists(atPath: ocm.socketPath))
    }

    @Test("one that a crash left behind is replaced, one in use is not")
    func leftBehind() throws {
        let crashed = try OCMServer(upstream: nil)
        crashed.process.send(SIGKILL)
        _ = try crashed.process.waitForExit()
        let arguments = ["--redis-socket", crashed.socketPath]
        let next = try OCMServer(upstream: nil, arguments)
        #expect(try RawConnection(socketPath: crashed.socketPath).call("PING") == "+PONG\r\n")
        let third = try OCMServer(upstream: nil, arguments, ready: false)
        #expect(try third.process.waitForExit() == 1)
        #expect(third.log.contains("cannot listen on \(crashed.socketPath): it is already in use"))
        #expect(try next.connect().call("PING") == "+PONG\r\n")
    }
}
