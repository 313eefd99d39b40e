import NIOCore
import RESP
import Synchronization

/// What the server may be holding back because a client of ours has told it to, with CLIENT PAUSE.
///
/// If that is only some commands, these go over a connection of their session's own meanwhile, so that they hold up
/// nobody else. When the time is over, or somebody says CLIENT UNPAUSE here, it is over; and when something is answered
/// that would be held: somebody else may have ended it, or it is another server.
final class ClientPause: Sendable {
    private let end = Atomic<UInt64>(0)
    private let holdsAll = Atomic<Bool>(false)
    /// How many there have been: the number of the last one.
    private let count = Atomic<UInt64>(0)

    /// Whether one may be in force. Nothing is answered from the cache then: what Redis holds isn't answered, and it
    /// finds of no key that it has expired.
    @inline(__always)
    var isPossible: Bool { end.load(ordering: .relaxed) != 0 }

    /// The number of the pause that is in force, as far as is known here; nil if there is none.
    func current(at now: NIODeadline) -> UInt64? {
        let (count, end) = (count.load(ordering: .acquiring), end.load(ordering: .acquiring))
        if end > now.uptimeNanoseconds { return count }
        _ = self.end.compareExchange(expected: end, desired: 0, ordering: .relaxed)
        return nil
    }

    /// Whether the one in force holds reads, and so everything.
    var holdsReads: Bool { holdsAll.load(ordering: .relaxed) }

    /// Whether the one in force holds a command, and not all others, too: what may be replicated, as counting in a
    /// HyperLogLog may (`server.c`, `is_may_replicate_command`).
    func holdsBackOnly(_ spec: CommandSpec) -> Bool { !holdsReads && (!spec.isReadOnly || spec.name == Self.pfcount) }

    private static let pfcount = CommandName("pfcount")

    /// Calls `body` with the end of the pause that may be in force: who waits for an answer has to wait until then.
    @inline(__always)
    func excuseSilence(_ body: (NIODeadline) -> Void) {
        if isPossible { body(.uptimeNanoseconds(end.load(ordering: .relaxed))) }
    }

    /// The server holds back for so long, or longer if it has been told so before: writes, and reads as well unless
    /// these are to go on and no pause before said otherwise.
    func begin(for duration: TimeAmount, holdsReads: Bool) {
        let now = NIODeadline.now().uptimeNanoseconds
        let (end, overflow) = now.addingReportingOverflow(UInt64(max(0, duration.nanoseconds)))
        if holdsReads || self.end.load(ordering: .relaxed) <= now {
            self.holdsAll.store(holdsReads, ordering: .relaxed)
        }
        self.end.max(overflow ? .max : end, ordering: .releasing)
        count.add(1, ordering: .releasing)
    }

    /// It holds nothing back any more.
    func cancel() { end.store(0, ordering: .relaxed) }

    /// A command was answered that the pause with this number should hold. So that is over, for reads at least if it
    /// was one; unless there has been another pause since.
    func answered(isRead: Bool, despite pause: UInt64) {
        guard count.load(ordering: .acquiring) == pause else { return }
        if isRead { holdsAll.store(false, ordering: .relaxed) } else { cancel() }
    }
}
