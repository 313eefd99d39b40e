import Foundation
import Synchronization
import TestSupport

/// A client that never stops asking, and knows what the answers may be.
///
/// Each round is a pipeline: ECHO of something that no other command has, so that a reply meant for another command
/// shows; INCR of a key of its own, so that a command executed twice shows; and a read; then a transaction. Errors are
/// fine, as long as they say what became of the command.
final class LoadClient: Sendable {
    private struct State {
        var rounds = 0
        var errors = 0
        var fault: String?
    }

    private let name: String
    private let port: Int
    private let state = Mutex(State())
    private let isStopped = Atomic(false)
    private let ended = DispatchSemaphore(value: 0)

    /// Begins to ask the server at `port`.
    init(name: String, port: Int) {
        self.name = name
        self.port = port
        Thread { [self] in
            do { try ask() } catch { state.withLock { $0.fault = "\(name): \(error)" } }
            ended.signal()
        }.start()
    }

    /// How many rounds went by without an error.
    var rounds: Int { state.withLock { $0.rounds } }
    /// How many error replies there were.
    var errors: Int { state.withLock { $0.errors } }

    /// Waits until each of `clients` has been through `count` more rounds without an error.
    static func waitUntilServed(_ clients: [LoadClient], rounds count: Int) throws {
        let before = clients.map(\.rounds)
        try waitUntil("every client is served") {
            for client in clients { if let fault = client.state.withLock({ $0.fault }) { throw TestError(fault) } }
            return zip(clients, before).allSatisfy { $0.rounds >= $1 + count }
        }
    }

    /// Stops; returns what was wrong with the replies, if anything was.
    func stop() -> String? {
        isStopped.store(true, ordering: .relaxed)
        guard ended.wait(timeout: .now() + 30) == .success else { return "\(name): hangs" }
        return state.withLock { $0.fault }
    }

    private func ask() throws {
        var connection = try RawConnection(port: port)
        var counts = (single: UncertainCounter(), transaction: UncertainCounter())
        var round = 0
        while !isStopped.load(ordering: .relaxed) {
            round += 1
            let errors = try askSingly("\(name)-\(round)", &counts.single, connection)
            let isWhole = try askInTransaction(&counts.transaction, connection)
            if !isWhole { connection = try RawConnection(port: port) }
            state.withLock {
                $0.rounds += errors == 0 && isWhole ? 1 : 0
                $0.errors += errors + (isWhole ? 0 : 1)
            }
            // What fails at once would otherwise be asked for a hundred thousand times a second.
            if errors > 0 || !isWhole { usleep(1000) }
        }
    }

    /// Returns how many of the commands got an error.
    private func askSingly(
        _ token: String,
        _ counter: inout UncertainCounter,
        _ connection: RawConnection
    ) throws -> Int {
        try connection.send("ECHO \(token)\r\nINCR count:\(name)\r\nSTRLEN text:\(name)\r\n")
        let replies = try (0..<3).map { _ in String(decoding: try connection.readReply(), as: UTF8.self) }
        let errors = replies.filter { $0.hasPrefix("-") }
        for error in errors where !Self.isOurs(error) { throw TestError("unexpected: \(error)") }
        if !replies[0].hasPrefix("-"), replies[0] != "$\(token.utf8.count)\r\n\(token)\r\n" {
            throw TestError("a reply to another command: \(replies[0])")
        }
        try counter.check(replies[1])
        if !replies[2].hasPrefix("-"), replies[2] != ":0\r\n" { throw TestError("STRLEN said \(replies[2])") }
        return errors.count
    }

    /// Returns whether the transaction was executed; if not, its connection is at its end.
    private func askInTransaction(_ counter: inout UncertainCounter, _ connection: RawConnection) throws -> Bool {
        try connection.send("MULTI\r\nINCR transactions:\(name)\r\nEXEC\r\n")
        var replies: [String] = []
        while replies.count < 3, let reply = try connection.nextReply() {
            replies.append(String(decoding: reply, as: UTF8.self))
        }
        if let executed = replies.first(where: { $0.hasPrefix(":") }) {
            throw TestError("INCR was executed outside of its transaction: \(executed)")
        }
        if replies.count == 3, replies[2].hasPrefix("*1\r\n:") {
            try counter.check(String(replies[2].dropFirst(3)))
            return true
        }
        guard replies.last.map(Self.isOurs) ?? true, try connection.nextReply() == nil else {
            throw TestError("a transaction ended with \(replies), and its connection stayed open")
        }
        counter.noteUnknown()
        return false
    }

    /// Whether an error tells of Redis's absence.
    private static func isOurs(_ error: String) -> Bool {
        ["-ERR ocm ", "-LOADING ocm "].contains { error.hasPrefix($0) }
    }
}
