import RESP
import TestSupport
import Testing
import Upstream

@testable import CommandDispatch

/// What is taken for a key is what a write is waited for by, and what is purged; so none may be missed.
@Suite("Where a command's keys stand")
struct KeyPositionsTests {
    private let redis: RawConnection
    private let server: RedisServer

    /// A connection that watches is one client's own; and channels are no keys.
    private static let namesNoneOnPurpose: Set<String> = ["watch", "spublish", "ssubscribe", "sunsubscribe"]

    init() throws {
        server = try RedisServer()
        redis = try server.connect()
    }

    private func ask(_ words: [String]) throws -> RESPValue {
        try redis.send(RawConnection.frame(words.map { Array($0.utf8) }))
        let decoder = HiredisReplyDecoder()
        try redis.readReply().withUnsafeBytes { decoder.feed($0) }
        return try #require(try decoder.next())
    }

    /// The keys in a command, and whether there can't be others.
    private func keys(in words: [String]) throws -> (keys: [String], areAll: Bool) {
        try RawConnection.frame(words.map { Array($0.utf8) }).withUnsafeBytes { bytes in
            var parser = RequestParser()
            _ = try parser.parse(bytes, authenticated: true)
            let name = try #require(CommandName(words[0]))
            let spec = try #require(CommandTable.standard[name], "\(words[0])")
            var keys: [String] = []
            let areAll = spec.keys.forEachKey(in: parser.command(in: bytes)) {
                keys.append(String(decoding: $0, as: UTF8.self))
            }
            return (keys, areAll)
        }
    }

    /// What `COMMAND` says of all commands and their subcommands.
    private func entries() throws -> [CommandEntry] {
        let commands = try #require(try ask(["COMMAND"]).elements).map { try CommandEntry($0) }
        #expect(commands.count > 230)
        return try commands + commands.flatMap { try $0.subcommands.map { try CommandEntry($0) } }
    }

    @Test("where they always are in the same places, those are Redis's")
    func fixed() throws {
        for entry in try entries() where !entry.isMovable && !Self.namesNoneOnPurpose.contains(entry.name) {
            // Which subcommands name a key is told for each; the others have no arguments that could be taken for one.
            if entry.first == 0, entry.words.count > 1 || !entry.subcommands.isEmpty { continue }
            for count in 9...10 {
                let words = entry.words + (entry.words.count..<count).map { "argument\($0)" }
                let last = entry.last < 0 ? count + entry.last : entry.last
                let expected =
                    entry.first == 0 ? [] : stride(from: entry.first, through: last, by: entry.step).map { words[$0] }
                let found = try keys(in: words)
                #expect(found.keys == expected && found.areAll, "\(entry.name) with \(count) words")
            }
        }
    }

    private static let samples = [
        "BLMPOP 0 2 a b LEFT COUNT 2", "BZMPOP 0 2 a b MIN", "EVAL x 2 a b c", "EVAL_RO x 1 a b", "EVALSHA x 2 a b",
        "EVALSHA_RO x 1 a", "FCALL f 2 a b c", "FCALL_RO f 1 a", "GEORADIUS a 1 2 3 m",
        "GEORADIUS a 1 2 3 m COUNT 1 STORE b",
        "GEORADIUS a 1 2 3 m STOREDIST b", "GEORADIUSBYMEMBER a x 3 m", "GEORADIUSBYMEMBER a x 3 m ASC storedist b",
        "LMPOP 2 a b LEFT", "MEMORY USAGE a SAMPLES 0", "OBJECT ENCODING a", "OBJECT FREQ a",
        "SINTERCARD 2 a b LIMIT 1",
        "SORT a", "SORT a LIMIT 0 1 ALPHA STORE b", "SORT_RO a DESC", "XGROUP CREATE a g $ MKSTREAM",
        "XGROUP DESTROY a g",
        "XINFO STREAM a FULL", "XREAD STREAMS a 0", "XREAD COUNT 1 BLOCK 0 streams a streams 0 0",
        "XREADGROUP GROUP g c STREAMS a b > >", "XREADGROUP GROUP streams c NOACK STREAMS a >",
        "XREADGROUP GROUP g streams COUNT 1 STREAMS a >", "ZDIFF 2 a b WITHSCORES", "ZDIFFSTORE c 2 a b",
        "ZINTER 2 a b",
        "ZINTERCARD 2 a b LIMIT 1", "ZINTERSTORE c 1 a WEIGHTS 2", "ZMPOP 1 a MAX", "ZUNION 2 a b WEIGHTS 1 2",
        "ZUNIONSTORE c 2 a b AGGREGATE MAX",
    ]
    /// The last of them name none, so that they may use any.
    private static let samplesThatSayTooLittle = [
        "MIGRATE h 1 a 0 5", "MIGRATE h 1  0 5 KEYS a b", "SORT a BY w_*", "SORT a BY w_* GET v_* STORE b",
        "SORT_RO a GET v_*", "EVAL x 0 a", "EVALSHA x 0", "FCALL f 0", "EVAL x many a",
    ]

    private static func words(_ line: String) -> [String] {
        line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    }

    @Test("where they move, they are those that COMMAND GETKEYS tells", arguments: samples)
    func movable(sample: String) throws {
        let words = Self.words(sample)
        let expected = try #require(try ask(["COMMAND", "GETKEYS"] + words).elements, "\(sample)").compactMap(\.text)
        let found = try keys(in: words)
        #expect(found.keys.sorted() == expected.sorted() && found.areAll)
    }

    @Test("where the arguments don't tell, that is said", arguments: samplesThatSayTooLittle)
    func untold(sample: String) throws { #expect(try !keys(in: Self.words(sample)).areAll) }

    @Test("every command whose keys move has a sample here")
    func complete() throws {
        let sampled = Set((Self.samples + Self.samplesThatSayTooLittle).map { Self.words($0)[0].lowercased() })
        #expect(try entries().filter(\.isMovable).map(\.name).filter { !sampled.contains($0) } == [])
    }
}

/// What `COMMAND` says of a command: its name, and where its keys stand.
private struct CommandEntry {
    let name: String
    let isMovable: Bool
    let first: Int
    let last: Int
    let step: Int
    let subcommands: [RESPValue]

    init(_ reply: RESPValue) throws {
        let parts = try #require(reply.elements)
        let numbers = parts[3...5].compactMap { if case .integer(let number) = $0 { number } else { nil } }
        name = try #require(parts[0].text)
        isMovable = try #require(parts[2].elements).contains { $0.text == "movablekeys" }
        (first, last, step) = (numbers[0], numbers[1], numbers[2])
        subcommands = parts[9].elements ?? []
    }

    /// A subcommand's has two.
    var words: [String] { name.split(separator: "|").map(String.init) }
}
