import TestSupport
import Testing

@Suite("What there is no room for is compressed", .serialized)
struct CompressionTests {
    private static let limit = 4 << 20
    private static let size = 4096
    private static let count = 2000

    private let redis: RedisServer
    private let documents: [String]

    init() throws {
        redis = try RedisServer()
        var random = SplitMix64(seed: 1)
        documents = (0..<Self.count).map { _ in Self.document(&random) }
        let admin = try redis.connect()
        for (number, document) in documents.enumerated() { try admin.call("SET", "document\(number)", document) }
    }

    /// Much of it repeats, as in JSON, and much doesn't.
    private static func document(_ random: inout SplitMix64) -> String {
        var text = "["
        while text.utf8.count < size {
            let id = Int.random(in: 0..<1 << 48, using: &random)
            let price = Int.random(in: 100..<50_000, using: &random)
            text +=
                #"{"id": \#(id), "title": "copper lantern", "price": \#(price), "currency": "EUR", "tags": ["garden"]}, "#
        }
        return text.prefix(size - 1) + "]"
    }

    private func reply(_ number: Int) -> String { "$\(Self.size)\r\n\(documents[number])\r\n" }

    /// Reads all of them, the last ones first, and so those that are there before others take their place; returns how
    /// many of the replies were hits.
    private func hits(_ ocm: OCMServer) throws -> Int {
        let client = try ocm.connect()
        let before = try ocm.cacheFigure("hits")
        for number in documents.indices.reversed() {
            try #require(try client.call("GET", "document\(number)") == reply(number), "document \(number)")
        }
        return try ocm.cacheFigure("hits") - before
    }

    private func filled(_ arguments: String...) throws -> OCMServer {
        let ocm = try OCMServer(upstream: redis.url, ["--memory-limit", "\(Self.limit)"] + arguments)
        try ocm.waitUntilCaching()
        let client = try ocm.connect()
        for number in documents.indices {
            try #require(try client.call("GET", "document\(number)") == reply(number), "document \(number)")
        }
        return ocm
    }

    @Test("so more is kept than would fit, and comes back as it was")
    func compressed() throws {
        let ocm = try filled()
        #expect(try ocm.cacheFigure("compressed_entries") > 0)
        #expect(try ocm.cacheFigure("compression_saved_bytes") > 0)
        #expect(try hits(ocm) > Self.limit / Self.size)
    }

    @Test(
        "unless it is turned off, or nothing is large enough",
        arguments: ["--compression", "--compression-min-size"]
    )
    func plain(option: String) throws {
        let ocm = try filled(option, option == "--compression" ? "off" : "5kb")
        #expect(try ocm.cacheFigure("evictions") > 0)
        #expect(try ocm.cacheFigure("compressed_entries") == 0)
        #expect(try 1..<Self.limit / Self.size ~= hits(ocm))
    }
}
