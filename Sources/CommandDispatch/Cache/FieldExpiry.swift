import NIOCore
import Synchronization

/// # Fields that expire by themselves
///
/// A hash's fields can have times to live of their own (HEXPIRE, since Redis 7.4), and no PTTL tells of them. Redis
/// says that a hash has changed when it removes such a field, but that may be 0.1 s after the field's end, or 4 s if
/// another field of the hash had an end before (`HASH_NEW_EXPIRE_DIFF_THRESHOLD` in its t_hash.c); and a field that has
/// ended is missing at once from what Redis replies.
///
/// So while there may be such fields, a read that names fields (HGET, HMGET, HEXISTS, HSTRLEN) is kept until the first
/// of them ends, which HPTTL tells. What else is read from a hash, or tells whether there is one, goes to Redis each
/// time.
///
/// How many hashes have such fields is in `INFO keyspace`, which is asked each second of servers that can have any.
/// Besides, commands that give a field its end are noted as they pass through, before Redis executes them. So only what
/// others do who haven't done so before is noticed late, within a second, and then what was kept until then is dropped.
final class FieldExpiry: Sendable {
    /// What is known before any count.
    private enum Knowledge: UInt8, AtomicRepresentable {
        /// The server has no such fields.
        case none
        /// The server can have them, and hasn't told yet how many there are.
        case awaited
        /// It has told, or nobody knows whether it can have them.
        case counted
    }

    private let knowledge = Atomic(Knowledge.none)
    /// Until when there may be such fields: uptime in nanoseconds.
    private let end = Atomic<UInt64>(0)

    /// For how long a sign of such fields counts. Longer than a command may be under way: a count that precedes it
    /// says nothing of what it does.
    static let hold = TimeAmount.seconds(60)

    /// Whether there may be such fields.
    func isPossible(at now: NIODeadline) -> Bool {
        switch knowledge.load(ordering: .acquiring) {
        case .none: false
        case .awaited: true
        case .counted: now.uptimeNanoseconds < end.load(ordering: .acquiring)
        }
    }

    /// The server that is heard of now can have such fields, or can't, or doesn't tell.
    func serverChanged(expiresFields: Bool?) {
        switch expiresFields {
        case true?: knowledge.store(.awaited, ordering: .releasing)
        case false?: knowledge.store(.none, ordering: .releasing)
        case nil: knowledge.store(.counted, ordering: .releasing)
        }
    }

    /// A command is about to be sent that gives fields their ends.
    func noteCommand(at now: NIODeadline) { extend(to: now) }

    /// The server has told how many hashes have such fields, or refused to. Returns whether that is news, and what was
    /// kept may be wrong.
    func counted(_ hashes: Int?, at now: NIODeadline) -> Bool {
        let wasPossible = isPossible(at: now)
        _ = knowledge.compareExchange(expected: .awaited, desired: .counted, ordering: .releasing)
        guard let hashes, hashes > 0 else { return false }
        extend(to: now)
        return !wasPossible
    }

    private func extend(to now: NIODeadline) {
        _ = end.max((now + Self.hold).uptimeNanoseconds, ordering: .relaxed)
    }

    /// What to ask.
    static let question = ["INFO", "keyspace"]

    /// How many hashes have such fields, by a reply to ``question``: Redis's name for it, and Valkey's.
    static func hashes(in keyspace: String) -> Int {
        keyspace.split { $0 == "," || $0.isNewline }.reduce(0) { sum, field in
            let parts = field.split(separator: "=")
            guard parts.count == 2, parts[0] == "subexpiry" || parts[0] == "keys_with_volatile_items" else {
                return sum
            }
            return sum + (Int(parts[1]) ?? 0)
        }
    }
}
