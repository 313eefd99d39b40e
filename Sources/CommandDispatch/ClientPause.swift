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

    /// Whether a command may be held that is answered from the cache as a rule (`isRead`), or another. In doubt it may.
    @inline(__always)
    func mayHold(isRead: Bool) -> Bool {
        end.load(ordering: .relaxed) != 0 && (!isRead || holdsReads.load(ordering: .relaxed))
    }

    /// The same, for certain as far as is known here: which pause holds it, to be told ``isOver(_:)`` of; nil if none
    /// does.
    func holding(isRead: Bool, at now: NIODeadline) -> UInt64? {
        let end = end.load(ordering: .relaxed)
        if end <= now.uptimeNanoseconds {
            isOver(end)
            return nil
        }
        return !isRead || holdsReads.load(ordering: .relaxed) ? end : nil
    }

    /// The server holds back for so long, or longer if it has been told so before: writes, and reads as well unless
    /// these are to go on and no pause before said otherwise.
    func begin(for duration: TimeAmount, holdsReads: Bool) {
        let now = NIODeadline.now().uptimeNanoseconds
        let (end, overflow) = now.addingReportingOverflow(UInt64(max(0, duration.nanoseconds)))
        if holdsReads || self.end.load(ordering: .relaxed) <= now {
            self.holdsReads.store(holdsReads, ordering: .relaxed)
        }
        self.end.max(overflow ? .max : end, ordering: .relaxed)
    }

    /// It holds nothing back any more.
    func cancel() { end.store(0, ordering: .relaxed) }

    /// The pause is over that was found to be in force; unless there has been another since.
    func isOver(_ pause: UInt64) { _ = end.compareExchange(expected: pause, desired: 0, ordering: .relaxed) }
}
