import RESP
import TestSupport
import Testing

@testable import Upstream

@Suite("Commands that a broken connection leaves without a reply")
struct UnansweredTests {
    /// A log of commands of one letter each, of which so many have left.
    private func log(of names: String, sent: Int) -> CommandLog {
        var log = CommandLog(pool: BufferPool())
        for (index, name) in names.utf8.enumerated() {
            if index == sent { _ = log.takeGathered(forgetting: false) }
            _ = RawConnection.frame([[name]]).withUnsafeBytes { log.append($0) }
        }
        if sent == names.utf8.count { _ = log.takeGathered(forgetting: false) }
        return log
    }

    /// Each with its receiver's place in `receivers`, its name (`-` for none) and what is known of it.
    private func unanswered(
        _ runs: [PendingRun],
        _ log: CommandLog,
        firstIsTorn: Bool = false,
        receivers: [ReplyReceiver]
    ) -> [String] {
        var queue = RingQueue<PendingRun>()
        for run in runs { queue.append(run) }
        var all: [String] = []
        queue.removeAll(log, firstIsTorn: firstIsTorn) { unanswered in
            let place = receivers.firstIndex { $0 === unanswered.receiver } ?? -1
            var marks = ""
            if !unanswered.mayHaveBeenSent { marks += " unsent" }
            if unanswered.wasRetried { marks += " retried" }
            if unanswered.isTorn { marks += " torn" }
            if unanswered.failure != nil { marks += " failed" }
            all.append("\(place) \(unanswered.command?.string(0) ?? "-")\(marks)")
        }
        let isEmpty = queue.isEmpty
        #expect(isEmpty)
        return all
    }

    @Test("come in order, each with its receiver, and what failed before them stays before them")
    func order() {
        let (first, second) = (ReplyReceiver(), ReplyReceiver())
        let failure = UpstreamFailure.refused(line: "ERR no")
        let runs = [
            PendingRun(receiver: first, commands: 2, expectation: .replies),
            PendingRun(receiver: second, commands: 2, expectation: .failure(failure)),
            PendingRun(receiver: second, commands: 1, expectation: .retriedReplies),
            PendingRun(receiver: first, commands: 1, expectation: .replies),
            PendingRun(receiver: first, commands: 1, expectation: .failure(failure)),
        ]
        let all = unanswered(runs, log(of: "ABCD", sent: 3), firstIsTorn: true, receivers: [first, second])
        #expect(all == ["0 A torn", "0 B", "1 - failed", "1 - failed", "1 C retried", "0 D unsent", "0 - failed"])
    }

    @Test("a stream's receiver is told that it ends in the middle", arguments: [false, true])
    func stream(_ isRaw: Bool) {
        let (client, listener) = (ReplyReceiver(), ReplyReceiver())
        let runs = [
            PendingRun(receiver: client, commands: 1, expectation: .replies),
            PendingRun(receiver: listener, commands: 1, expectation: isRaw ? .rawStream : .stream),
        ]
        #expect(unanswered(runs, log(of: "A", sent: 1), receivers: [client, listener]) == ["0 A", "1 - torn"])
    }

    @Test("nothing is left of a connection that owes nothing")
    func none() { #expect(unanswered([], log(of: "", sent: 0), receivers: []).isEmpty) }
}
