import NIOCore
import RESP
import TestSupport
import Testing

@testable import Upstream

@Suite("The log of commands without a reply")
struct CommandLogTests {
    private func unanswered(_ log: CommandLog) -> [String] {
        var names: [String] = []
        log.forEachUnanswered { command, sent in names.append(command.string(0) + (sent ? "!" : "")) }
        return names
    }

    private func append(_ name: String, to log: inout CommandLog) {
        _ = RawConnection.frame([Array(name.utf8)]).withUnsafeBytes { log.append($0) }
    }

    @Test("commands come back in order, and it is known which may have been sent")
    func order() {
        var log = CommandLog(pool: BufferPool())
        for name in ["A", "B"] { append(name, to: &log) }
        #expect(log.takeGathered(forgetting: false) != nil)
        append("C", to: &log)
        #expect(unanswered(log) == ["A!", "B!", "C"])
        log.answered(1)
        #expect(unanswered(log) == ["B!", "C"])
        #expect(log.takeGathered(forgetting: false) != nil)
        log.answered(1)
        #expect(unanswered(log) == ["C!"])
        log.answered(1)
        #expect(unanswered(log).isEmpty)
        #expect(log.takeGathered(forgetting: false) == nil)
    }

    @Test("a stream's commands are not kept")
    func forgetting() {
        var log = CommandLog(pool: BufferPool())
        append("SUBSCRIBE", to: &log)
        #expect(log.takeGathered(forgetting: true) != nil)
        #expect(unanswered(log).isEmpty)
    }
}
