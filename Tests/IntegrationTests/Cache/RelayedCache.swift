import TestSupport
import Testing

/// A cache whose connections go through a relay, so that a test can have messages arrive in the one order in which a
/// rule makes a difference: were it broken, somebody would be told something old. `Tests/Model` finds such orders; in
/// the suites that inherit from this, ocm itself goes through them.
class RelayedCache {
    let redis: RedisServer
    let relay: Relay
    let ocm: OCMServer
    /// Talks to Redis itself.
    let other: RawConnection
    /// Reads over the shared connection for RESP2.
    let client: RawConnection
    /// Reads over the one for RESP3, `theirs`.
    let neighbour: RawConnection
    let theirs: RelayedConnection
    let feed: RelayedConnection

    static let old = "$3\r\nold\r\n"
    static let newer = "$5\r\nnewer\r\n"

    init() throws {
        redis = try RedisServer()
        relay = try Relay(to: redis.port)
        ocm = try OCMServer(
            upstream: "redis://127.0.0.1:\(relay.port)",
            ["--threads", "1", "--max-entry-size", "1kb"]
        )
        try ocm.waitUntilCaching()
        other = try redis.connect()
        client = try ocm.connect()
        neighbour = try ocm.connect()
        try neighbour.call("HELLO", "3")
        try neighbour.waitUntilKept("GET theirs")
        theirs = try relay.connection(saying: "HELLO", "TRACKING")
        feed = try relay.connection(saying: "SUBSCRIBE")
        try other.call("SET", "k", "old")
    }

    /// Has Redis close it, and forget what it tracked for it.
    func close(_ connection: RelayedConnection) throws {
        #expect(try other.call("CLIENT", "KILL", "ADDR", connection.addressAtServer) == ":1\r\n")
    }

    /// How many commands have waited for a round so far.
    var waits: String { get throws { try info("ocm_cache_waits:") } }
    var connectionsLost: String { get throws { try info("ocm_cache_flushes_connection_lost:") } }

    private func info(_ name: String) throws -> String {
        let info = try ocm.connect().call("INFO", "ocm")
        return String(info.split(separator: "\r\n").first { $0.hasPrefix(name) } ?? "")
    }

    /// Reads `k`, and lets go of the feed as soon as the answer has come or waits for it.
    func readThroughDoubt(_ reader: RawConnection) throws -> String {
        let before = try waits
        try reader.sendCommand("GET", "k")
        try waitUntil("it is answered, or waits") { try !reader.isSilent(for: 0) || waits != before }
        feed.replies.letGo()
        return String(decoding: try reader.readReply(), as: UTF8.self)
    }
}
