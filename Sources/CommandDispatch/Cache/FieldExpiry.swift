import NIOCore
import Synchronization

/// # Fields that expire by themselves
///
/// A hash's fields can have times to live of their own (HEXPIRE, since Redis 7.4), and no PTTL tells of them. Redis
/// says that a hash has changed when it removes such a field, but that may be 0.1 s after the field's end, or 4 s if
/// another field of the hash had an end before (`HASH_NEW_EXPIRE_DIFF_THRESHOLD` in its t_hash.c); and a field that has
/// ended is missing at once from what Redis replies.
///
/// So before a server that can have such fields, a read that names fields (HGET, HMGET, HEXISTS, HSTRLEN) is kept until
/// the first of them ends, which HPTTL tells. What else is read from a hash, or tells whether there is one, is looked
/// up and kept only while no hash has such fields, and goes to Redis each time else. What was kept before stays unseen:
/// by the time that there are none any more, Redis has said of each hash that it has changed.
///
/// How many hashes have such fields is in `INFO keyspace`, which is asked each second. Besides, commands that give a
/// field its end are noted as they pass through, before Redis executes them. So only what others do who haven't done so
/// before is noticed late, within a second. Where Redis doesn't tell what it is, what passes through is all there is
/// to go by.
final class FieldExpiry: Sendable {
    private enum Server: UInt8, AtomicRepresentable {
        /// It has no such fields.
        case without
        /// It can have them, and hasn't told yet how many hashes do.
        case awaited
        /// It can have them, and tells how many hashes do.
        case counting
        /// Nobody knows whether it can have them.
        case unknown
    }

    private let server = Atomic(Server.without)
    /// Until when some hash may have such fields: uptime in nanoseconds.
    private let end = Atomic<Int64>(0)

    /// For how long a sign of such fields counts. A command is under way for less, as a rule, and a count that precedes
    /// it says nothing of what it does.
    static let hold = TimeAmount.seconds(10)

    /// Whether some hash may have such fields.
    func isPossible(at now: NIODeadline) -> Bool {
        switch server.load(ordering: .acquiring) {
        case .without: false
        case .awaited: true
        case .counting, .unknown: Int64(now.uptimeNanoseconds) < end.load(ordering: .acquiring)
        }
    }

    /// Whether HPTTL is to be asked of the fields that a command names: also while no hash has such fields, since one
    /// may have some before that is noticed.
    func isAsked(at now: NIODeadline) -> Bool {
        switch server.load(ordering: .acquiring) {
        case .without: false
        case .awaited, .counting: true
        case .unknown: isPossible(at: now)
        }
    }

    /// Whether the server is to be asked how many hashes have such fields.
    var isCounted: Bool {
        switch server.load(ordering: .acquiring) {
        case .without, .unknown: false
        case .awaited, .counting: true
        }
    }

    /// The server that is heard of now can have such fields, or can't, or doesn't tell.
    func serverChanged(expiresFields: Bool?) {
        end.store(0, ordering: .releasing)
        server.store(expiresFields.map { $0 ? .awaited : .without } ?? .unknown, ordering: .releasing)
    }

    /// A command of so many words is about to be sent that may give fields their ends.
    func noteCommand(words: Int, at now: NIODeadline) {
        guard words >= Self.fewestWords else { return }
        if isCounted { extend(to: now + Self.hold) }
        // Where nobody counts, not any more by now, there is no telling when the last one has gone.
        if !isCounted { extend(to: nil) }
    }

    /// `HEXPIRE key 1 FIELDS 1 field`
    private static let fewestWords = 6

    /// The server has told how many hashes have such fields, or refuses to.
    func counted(_ hashes: Int?, at now: NIODeadline) {
        guard isCounted else { return }
        guard let hashes else {
            // Nobody will tell when those have gone that were there.
            server.store(.unknown, ordering: .releasing)
            if isPossible(at: now) { extend(to: nil) }
            return
        }
        if hashes > 0 { extend(to: now + Self.hold) }
        server.store(.counting, ordering: .releasing)
    }

    /// Without a time there is no end to it.
    private func extend(to time: NIODeadline?) {
        _ = end.max(time.map { Int64($0.uptimeNanoseconds) } ?? .max, ordering: .releasing)
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
