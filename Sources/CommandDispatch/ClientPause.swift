import NIOCore
import Synchronization

/// What the server may be holding back because a client of ours has told it to, with CLIENT PAUSE.
///
/// Whatever it holds goes over a connection of its session's own meanwhile, so that it holds up nobody else. When the
/// time is over, or somebody says CLIENT UNPAUSE here, it is over; and when something is answered that would be held:
/// somebody else may have ended it, or it is another server.
final class ClientPause: Sendable {
    private let end = Atomic<UInt64>(0)
    private let holdsReads = Atomic<Bool>(false)
    /// How many there have been: the number of the last one.
    private let count = Atomic<UInt64>(0)

    /// Whether a command may be held that is answered from the cache as a rule (`isRead`), or another. In doubt it may.
    @inline(__always)
    func mayHold(isRead: Bool) -> Bool {
        end.load(ordering: .relaxed) != 0 && (!isRead || holdsReads.load(ordering: .relaxed))
    }

    /// The same, for certain as far as is known here: the number of the pause that holds it, nil if none does.
    func holding(isRead: Bool, at now: NIODeadline) -> UInt64? {
        let (count, end) = (count.load(ordering: .acquiring), end.load(ordering: .acquiring))
        if end <= now.uptimeNanoseconds {
            _ = self.end.compareExchange(expected: end, desired: 0, ordering: .relaxed)
            return nil
        }
        return !isRead || holdsReads.load(ordering: .relaxed) ? count : nil
    }

    /// The server holds back for so long, or longer if it has been told so before: writes, and reads as well unless
    /// these are to go on and no pause before said otherwise.
    func begin(for duration: TimeAmount, holdsReads: Bool) {
        let now = NIODeadline.now().uptimeNanoseconds
        let (end, overflow) = now.addingReportingOverflow(UInt64(max(0, duration.nanoseconds)))
        if holdsReads || self.end.load(ordering: .relaxed) <= now {
            self.holdsReads.store(holdsReads, ordering: .relaxed)
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
        if isRead { holdsReads.store(false, ordering: .relaxed) } else { cancel() }
    }
}
