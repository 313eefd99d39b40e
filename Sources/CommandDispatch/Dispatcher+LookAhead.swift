import LocalCache
import RESP
import Upstream

/// # Looking ahead
///
/// With ten thousand keys, a hit mostly waits for memory: its entry isn't in the processor's cache. A client that sends
/// many commands at once says early what it will ask for, so that some dozen waits can pass together. It is a hint and
/// no more; what the commands mean is found out when it is their turn.
extension Dispatcher {
    /// So many commands at most are looked at together: their entries must still be there when it's their turn.
    private static let mostAhead = 16

    /// Brings near what `session`'s commands in `bytes` from `start` on will ask for. Returns where the first one
    /// begins that it hasn't looked at: `start` if that one can't be told from afar, the end if no look is worth it.
    @inline(__always)
    public func lookAhead(in bytes: UnsafeRawBufferPointer, from start: Int, for session: Session) -> Int {
        // A single command's turn comes no later than it can be looked at.
        guard bytes.count - start >= Self.shortestTwo, isLookAheadWorthwhile else { return bytes.count }
        return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.mostAhead) { hashes in
            var position = start
            var commands = 0
            var count = 0
            while commands < Self.mostAhead, let command = CommandGlance(bytes, at: position) {
                if isLookedUp(command.name) {
                    hashes.initializeElement(at: count, to: KeyHash.process(command.key))
                    count += 1
                }
                commands += 1
                position = command.end
            }
            if commands > 1 { prefetch(UnsafeBufferPointer(rebasing: hashes[..<count]), session) }
            return position
        }
    }

    /// While the cache stands aside, hardly a key is looked up.
    @inline(__always)
    private var isLookAheadWorthwhile: Bool { cache.map { $0.admission.mode != .standingAside } ?? (store != nil) }

    /// What two commands with keys have at least, in bytes.
    private static let shortestTwo = 40

    @inline(__always)
    private func isLookedUp(_ name: UnsafeRawBufferPointer) -> Bool {
        guard let name = CommandName(name), let spec = ordinarySpec(name) else { return false }
        if store != nil { return spec.pointee.keys != .none }
        return spec.pointee.caching != .never && spec.pointee.caching != .strings
    }

    private func prefetch(_ hashes: UnsafeBufferPointer<UInt64>, _ session: Session) {
        guard let cache else { return store?.prefetch(hashes, db: session.identity.db) ?? () }
        cache.cache.prefetch(hashes)
    }
}
