import TestSupport

/// Knows when ocm has heard of everything that somebody else has written: Redis tells of changes in the order in which
/// they happened, so when the last of them is seen, all are.
final class ForeignWitness {
    private let client: RawConnection
    private let writer: RawConnection
    private var count = 0

    private static let key = "witness"

    init(ocm: OCMServer, writer: RawConnection) throws {
        try ocm.waitUntilCaching()
        client = try ocm.connect()
        self.writer = writer
    }

    func waitUntilHeard() throws {
        // What isn't kept would be seen whether it was heard of or not.
        try waitUntil("the witness is kept") {
            try client.call("GET", Self.key)
            return try client.call("CACHE", "EXPLAIN", "GET", Self.key).hasSuffix("HIT\r\n")
        }
        count += 1
        let value = "\(count)"
        try writer.call("SELECT", "0")
        try writer.call("SET", Self.key, value)
        try waitUntil("the last write is seen") {
            try client.call("GET", Self.key) == "$\(value.count)\r\n\(value)\r\n"
        }
    }
}
