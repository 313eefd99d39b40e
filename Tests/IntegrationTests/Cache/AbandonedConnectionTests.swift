import TestSupport
import Testing

@Suite("What a lost connection may yet bring about is known to the cache", .serialized)
final class AbandonedConnectionTests: RelayedCache {
    @Test("a connection that dies without a word is found out, though nobody sends anything over it")
    func silentDeath() throws {
        try neighbour.waitUntilKept("GET k")
        try client.waitUntilKept("GET own")
        theirs.requests.hold()
        theirs.replies.hold()
        try close(theirs)
        try other.call("SET", "k", "newer")
        try waitUntil("the new value is seen") { try client.call("GET", "k") == Self.newer }
        #expect(try client.call("CACHE", "EXPLAIN", "GET", "own") == "$3\r\nHIT\r\n", "came over another connection")
        theirs.requests.letGo()
        theirs.replies.letGo()
        #expect(try neighbour.call("GET", "k") == Self.newer)
    }

    /// How a client's SWAPDB comes to nothing, as far as ocm can tell.
    enum Loss: CaseIterable {
        case silentPinnedConnection
        case silentSharedConnection
        case clientGone
        case clientOfTunnelGone

        /// What has the client get, or use, the connection that its next command goes over.
        var preparation: String {
            switch self {
            case .silentPinnedConnection, .clientGone: "WATCH"
            case .silentSharedConnection: "LLEN"
            case .clientOfTunnelGone: "SUBSCRIBE"
            }
        }

        var isNoticedBySilence: Bool { self == .silentPinnedConnection || self == .silentSharedConnection }
    }

    @Test("what was given up for lost isn't executed behind the cache's back", arguments: Loss.allCases)
    func lateSwap(loss: Loss) throws {
        let (ocm, client) = try impatient()
        relay.swallow("KILL")
        let held = try loseSwap(loss, ocm)
        let killer = try relay.connection(saying: "KILL")
        #expect(try client.call("CACHE", "EXPLAIN", "GET", "k").contains("BYPASS suspended"))
        killer.requests.letGo()
        try client.waitUntilKept("GET k")
        try deliver(held)
        #expect(try client.call("GET", "k") == other.call("GET", "k"))
    }

    @Test("Redis is told to kill a connection until it answers")
    func repeatedKill() throws {
        let (ocm, client) = try impatient()
        relay.swallow("KILL")
        let held = try loseSwap(.clientGone, ocm)
        let killer = try relay.connection(saying: "KILL")
        try close(killer)
        try client.waitUntilKept("GET k")
        try deliver(held)
        #expect(try client.call("GET", "k") == other.call("GET", "k"))
        killer.requests.letGo()
    }

    @Test("where nothing may be killed the cache opens all the same, and the log tells")
    func forbiddenKill() throws {
        try other.call("ACL", "SETUSER", "default", "-client|kill")
        let (ocm, client) = try impatient()
        let held = try loseSwap(.clientGone, ocm)
        try client.waitUntilKept("GET k")
        #expect(ocm.log.contains("may yet execute a given-up SWAPDB or ACL command"))
        held.requests.letGo()
    }

    /// An ocm that waits for a second only, and a client that has `k` kept.
    private func impatient() throws -> (OCMServer, RawConnection) {
        let ocm = try OCMServer(
            upstream: "redis://127.0.0.1:\(relay.port)",
            ["--threads", "1", "--upstream-timeout", "1s"]
        )
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        try client.waitUntilKept("GET k")
        return (ocm, client)
    }

    /// Has another client's SWAPDB held on its way, and given up.
    private func loseSwap(_ loss: Loss, _ ocm: OCMServer) throws -> RelayedConnection {
        try other.send("SELECT 1\r\nSET k newer\r\nSELECT 0\r\n")
        for _ in 0..<3 { _ = try other.readReply() }
        var swapper: RawConnection? = try ocm.connect()
        try swapper?.call("HELLO", "3")
        try swapper?.call(loss.preparation, "w")
        let held = try relay.connection(saying: "HELLO", loss.preparation)
        held.requests.hold()
        try swapper?.sendCommand("SWAPDB", "0", "1")
        try waitUntil("it is on its way") { held.requests.held.contains("SWAPDB") }
        if loss.isNoticedBySilence {
            let reply = String(decoding: try swapper.unsafelyUnwrapped.readReply(), as: UTF8.self)
            #expect(reply.contains("got no answer"))
        }
        swapper = nil
        return held
    }

    /// Lets arrive what was held, and waits until Redis has dealt with all of it.
    private func deliver(_ held: RelayedConnection) throws {
        held.requests.letGo()
        try waitUntil("Redis has done with it") {
            try !other.call("CLIENT", "LIST").contains("addr=\(held.addressAtServer) ")
        }
    }
}
