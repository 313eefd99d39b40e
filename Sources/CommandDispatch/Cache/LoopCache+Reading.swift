import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

/// # A read
///
/// A command whose reply may be kept is a question to the cache, if its key is worth one (``LocalCache/Admission``). A
/// hit is written to the client's output at once. A miss is sent as a ``Fill`` if the key's lease can be had, joins a
/// fill that asks the same, or goes the way of commands that aren't cached. What is in doubt is waited for.
extension LoopCache {
    /// Answers a command, or sees to its answer; nil if it is to be forwarded like any other.
    @inline(__always)
    func serve(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ shared: SharedConnection
    ) -> Disposition? {
        guard shared.cacheNamespace != 0 else { return bypass(.disabled) }
        switch spec.pointee.caching {
        case .never: return nil
        case .string:
            guard command.count == 2 else { return nil }
            let key = command[1]
            guard key.count <= CacheID.longestPart else { return bypass(.notCacheable) }
            let id = CacheID(hash: hash(key), key: key, namespace: shared.cacheNamespace)
            return serve(id, command, spec, session, shared)
        case .strings: return serveStrings(command, spec, session, shared)
        case .reply, .fieldsReply: return serveReply(command, spec, session, shared)
        case .hashReply:
            guard !mayFieldsExpire else { return bypass(.fieldExpiry) }
            return serveReply(command, spec, session, shared)
        }
    }

    private func serveReply(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ shared: SharedConnection
    ) -> Disposition? {
        let served = withQuestion(command, spec, session.identity.version, shared.cacheNamespace) { id in
            serve(id, command, spec, session, shared)
        }
        guard let served else { return bypass(.notCacheable) }
        return served
    }

    /// Calls `body` with what a command asks whose reply may be kept as it is; nil if it can't be asked.
    ///
    /// The arguments are the command's number and everything behind the key as it stands in the frame, where each
    /// argument has its length before it.
    func withQuestion<Result>(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ version: RESPVersion,
        _ namespace: UInt16,
        _ body: (CacheID) -> Result
    ) -> Result? {
        // EXISTS takes several keys, and then it is no question about one.
        guard command.count > 1, spec.pointee.keys == .first || command.count == 2 else { return nil }
        let key = command[1]
        let rest = command.bytes(behind: 1)
        guard key.count <= CacheID.longestPart, rest.count <= Self.longestQuestion else { return nil }
        question.removeAll(keepingCapacity: true)
        withUnsafeBytes(of: spec.pointee.index) { question.append(contentsOf: $0) }
        question.append(contentsOf: rest)
        return question.withUnsafeBytes {
            body(
                CacheID(
                    hash: hash(key),
                    key: key,
                    namespace: namespace == 0 ? 0 : namespace | UInt16(version.rawValue),
                    arguments: $0
                )
            )
        }
    }

    @inline(__always)
    private func serve(
        _ id: CacheID,
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ shared: SharedConnection
    ) -> Disposition? {
        // What has waited for a round was counted and admitted before.
        if session.awaitedRound == 0 {
            topKeys.record(id.key, hash: id.hash)
            guard admission.admits(id.hash, now: now) else {
                noteMiss()
                return bypass(.notAdmitted)
            }
        }
        guard !session.hasOutstanding(on: id.hash) else {
            return serveBehindOwn(id, command, spec, session, shared)
        }
        var found = CacheLookup.absent
        // The closure must name neither self nor the session: both would be retained for it, with every hit.
        let (cache, now, round, version) = (unmanagedCache, now, session.awaitedRound, session.identity.version)
        let isAnswered = session.answer { output in
            found = cache._withUnsafeGuaranteedRef {
                $0.append(id, now: now, startedBefore: round, version, to: &output)
            }
            if case .hit = found { return true }
            return false
        }
        if isAnswered {
            admission.noteHit(id.hash)
            noteHit(found, spec, session)
            return .taken
        }
        return miss(found, id, command, spec, session, shared)
    }

    @inline(__always)
    func noteHit(_ found: CacheLookup, _ spec: UnsafePointer<CommandSpec>, _ session: Session) {
        if found == .hit(.missing) { counters.negativeHits.add() } else { counters.hits.add() }
        session.noteHit()
        lastOutcome = .hit
        loopCounters.commands.add(slot: Int(spec.pointee.index))
    }

    @inline(never)
    private func miss(
        _ found: CacheLookup,
        _ id: CacheID,
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ shared: SharedConnection
    ) -> Disposition? {
        if case .inDoubt(let round) = found {
            wait(session, for: round)
            return .later
        }
        guard found != .closed, found != .suspended else {
            admission.noteShut()
            return bypass(found == .closed ? .feedDown : .suspended)
        }
        let flight = Self.flight(of: id)
        if !flights.isEmpty, let fill = flights[PreHashed(flight)] as? Fill, fill.connection === shared,
            fill.isJoinable,
            fill.question.asks(id), session.precedes(fill.number) || !largeFlights.contains(PreHashed(flight)),
            cache.isJoinable(id.hash, lease: fill.lease)
        {
            counters.coalesced.add()
            lastOutcome = .coalesced
            fill.join(session, spec)
            return .taken
        }
        admission.noteMiss(id.hash)
        return startFill(id, flight, command, spec, session, shared)
    }

    /// The session has commands on the key outstanding: whatever the cache holds, this one follows them.
    private func serveBehindOwn(
        _ id: CacheID,
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ shared: SharedConnection
    ) -> Disposition? {
        // What is to be purged in a moment isn't worth a fill.
        guard !session.hasOutstandingWrite(on: id.hash) else { return bypass(.ownWritePending) }
        return startFill(id, Self.flight(of: id), command, spec, session, shared)
    }

    private func startFill(
        _ id: CacheID,
        _ flight: UInt64,
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ shared: SharedConnection
    ) -> Disposition? {
        if let refusal = Self.trackingRefusal(of: shared) { return bypass(refusal) }
        noteMiss()
        guard admission.keeps(id.hash) else { return bypass(.notAdmitted) }
        let lease = cache.lease(id.hash, source: shared.trackingSource)
        guard lease != 0 else { return nil }
        fill(id, lease: lease, flight: flight, command, spec, session, shared)
        return .taken
    }

    /// Why nothing that comes over `shared` may be kept, if so.
    static func trackingRefusal(of shared: SharedConnection) -> BypassReason? {
        guard shared.trackingSource == 0 else { return nil }
        return shared.trackingRefusal == nil ? .untrackedConnection : .trackingRefused
    }

    func noteMiss() {
        counters.misses.add()
        lastOutcome = .miss
    }

    func bypass(_ reason: BypassReason) -> Disposition? {
        counters.bypasses.add(reason)
        return nil
    }

    private static func flight(of id: CacheID) -> UInt64 {
        let arguments = id.arguments.isEmpty ? 0 : KeyHash.process(id.arguments)
        return id.hash ^ (arguments &* 0x9E37_79B9_7F4A_7C15) ^ UInt64(id.namespace)
    }
}
