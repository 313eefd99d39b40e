import RESP
import TestSupport
import Testing

@testable import CommandDispatch

@Suite("The table of commands")
struct CommandTableTests {
    private let redis: RawConnection
    private let server: RedisServer

    init() throws {
        server = try RedisServer()
        redis = try server.connect()
    }

    /// The names in a reply to COMMAND LIST.
    private func list(_ filter: String...) throws -> Set<String> {
        try redis.send(RawConnection.frame((["COMMAND", "LIST"] + filter).map { Array($0.utf8) }))
        let lines = String(decoding: try redis.readReply(), as: UTF8.self).split(separator: "\r\n")
        return Set(lines.dropFirst().filter { !$0.hasPrefix("$") }.map(String.init).filter { !$0.contains("|") })
    }

    private func spec(_ name: String) throws -> CommandSpec {
        let name = try #require(CommandName(name))
        return try #require(CommandTable.standard[name])
    }

    @Test("has every command of Redis 7.0")
    func complete() throws {
        let names = try list()
        #expect(names.count > 230)
        let missing = names.filter { name in CommandName(name).flatMap { CommandTable.standard[$0] } == nil }
        #expect(missing == [])
        // WAITAOF is of 7.2, six that give fields their ends are of 7.4 and 8.0, CACHE is ours, and two are HTTP.
        #expect(CommandTable.standard.count == names.count + 10)
    }

    @Test("calls read-only what Redis calls read-only, and nothing that writes")
    func readOnly() throws {
        for name in try list("FILTERBY", "ACLCAT", "write") {
            #expect(try !spec(name).isReadOnly, "\(name) would be executed twice after a lost connection")
        }
        for name in try list("FILTERBY", "ACLCAT", "read") {
            #expect(try spec(name).isReadOnly, "\(name) could be tried again after a lost connection")
        }
    }

    @Test("shares no connection with what may wait on it")
    func blocking() throws {
        for name in try list("FILTERBY", "ACLCAT", "blocking") {
            let route = try spec(name).route
            #expect([.blocking, .blockingIfAsked, .wait].contains(route), "\(name) would block everybody else")
        }
    }
}
