import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

/// # MGET
///
/// Each key is a question by itself. Those that the cache can't answer go upstream together, as one MGET; the reply is
/// put together from both when that one's is in (``PartialMGet``). So MGET is as coherent as as many GETs, key by key;
/// keys that one MSET has written may be seen some before and some after, as in a cluster.
extension LoopCache {
    /// More keys than these, and the command is forwarded as it is. So it is when more is found than a client's output
    /// may hold before its next command waits: one large key may be named a thousand times, and what Redis answers
    /// comes in parts.
    static let mostKeys = 1024

    func serveStrings(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ shared: SharedConnection
    ) -> Disposition? {
        guard command.count > 1, command.count <= Self.mostKeys + 1, session.canSearch(times: command.count) else {
            return command.count > 1 ? bypass(.notCacheable) : nil
        }
        missing.removeAll(keepingCapacity: true)
        strings.clear()
        defer { Self.letGoIfLarge(&strings) }
        // A command that has waited for a round is no new read, and which of its keys were admitted isn't known any
        // more.
        let hasWaited = session.awaitedRound != 0
        for index in 1..<command.count {
            let key = command[index]
            guard key.count <= CacheID.longestPart, strings.readableBytes <= Session.outputLimit else {
                return bypass(.notCacheable)
            }
            let id = CacheID(hash: hash(key), key: key, namespace: shared.cacheNamespace)
            if !hasWaited { topKeys.record(key, hash: id.hash) }
            let isAdmitted = hasWaited ? admission.mode != .standingAside : admission.admits(id.hash, now: now)
            guard isAdmitted || hasWaited, !session.hasOutstanding(on: id.hash) else {
                missing.append((index, id.hash, isAdmitted))
                continue
            }
            let version = session.identity.version
            let found = cache.append(id, now: now, startedBefore: session.awaitedRound, version, to: &strings)
            switch found {
            case .hit: if !hasWaited { admission.noteHit(id.hash) }
            case .absent:
                admission.noteMiss(id.hash)
                missing.append((index, id.hash, isAdmitted))
            case .closed, .suspended:
                if !hasWaited { admission.noteShut() }
                return bypass(found == .closed ? .feedDown : .suspended)
            case .inDoubt:
                // Having waited excuses from later doubts of every key, so what is waited for must be later than them
                // all.
                wait(session, for: session.awaitedRound == 0 ? cache.rounds.next() : session.awaitedRound)
                return .later
            }
        }
        guard missing.isEmpty else { return fillStrings(command, spec, session, shared) }
        _ = session.answer { output in
            output.writeArrayHeader(command.count - 1)
            strings.withUnsafeReadableBytes { _ = output.writeBytes($0) }
            return true
        }
        // One command, one hit or miss: else a wide MGET would drown everything in the rate.
        noteHit(.hit(.string), spec, session)
        return .taken
    }

    private func fillStrings(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ shared: SharedConnection
    ) -> Disposition? {
        let ids = missing.map { CacheID(hash: $0.hash, key: command[$0.index], namespace: shared.cacheNamespace) }
        let flight = Self.flight(of: ids)
        if join(flight, ids, command, spec, session, shared) { return .taken }
        var refusal = Self.trackingRefusal(of: shared)
        if refusal == nil || missing.count < command.count - 1 { noteMiss() }
        let asked = zip(missing, ids).map { missing, id in
            let (index, _, isAdmitted) = missing
            // What the session itself may be writing will be purged in a moment.
            let isOwn = isAdmitted && session.hasOutstandingWrite(on: id.hash)
            let isKept = isAdmitted && !isOwn && admission.keeps(id.hash)
            let lease = isKept && shared.trackingSource != 0 ? cache.lease(id.hash, source: shared.trackingSource) : 0
            if !isKept, refusal == nil { refusal = isOwn ? .ownWritePending : .notAdmitted }
            return PartialMGet.Missing(position: index - 1, question: CacheQuestion(id), lease: lease)
        }
        if missing.count == command.count - 1, asked.allSatisfy({ $0.lease == 0 }) {
            // As with hits and misses, one command counts once.
            return refusal.flatMap(bypass)
        }
        fillsBegun += 1
        let reply = PartialMGet(
            of: command.count - 1,
            found: strings,
            missing: asked,
            number: fillsBegun,
            flight: flight,
            self,
            session,
            shared
        )
        announce(reply)
        loopCounters.forwardedCommands.add()
        session.noteSentFill(of: asked.map(\.question.hash), spec)
        if reply.awaitsCaching {
            sendCaching(over: shared, to: reply)
            reply.beginsNewRun = true
        }
        scratch.clear()
        scratch.writeArrayHeader(missing.count + 1)
        scratch.writeStaticString("$4\r\nMGET\r\n")
        for (index, _, _) in missing { scratch.writeBulkString(command[index]) }
        scratch.withUnsafeReadableBytes { shared.send($0, to: reply) }
        Self.letGoIfLarge(&scratch)
        for asked in asked where asked.lease != 0 {
            reply.beginsNewRun = true
            sendPTTL(command[asked.position + 1], over: shared, to: reply)
        }
        return .taken
    }

    /// Has the command answered by one that is on its way for the same keys, if there is one, and nothing has to be
    /// answered before it that comes later.
    private func join(
        _ flight: UInt64,
        _ ids: [CacheID],
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ shared: SharedConnection
    ) -> Bool {
        guard !flights.isEmpty, let reply = flights[PreHashed(flight)] as? PartialMGet, reply.connection === shared,
            session.precedes(reply.number), !ids.contains(where: { session.hasOutstanding(on: $0.hash) }),
            reply.isJoinable(by: ids)
        else { return false }
        counters.coalesced.add()
        lastOutcome = .coalesced
        reply.join(of: command.count - 1, found: strings, missing: missing.map { $0.index - 1 }, session, spec)
        return true
    }

    private static func flight(of ids: [CacheID]) -> UInt64 {
        ids.reduce(UInt64(ids.count)) { ($0 ^ $1.hash) &* 0x9E37_79B9_7F4A_7C15 } ^ UInt64(ids[0].namespace)
    }
}
