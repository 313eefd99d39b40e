import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

extension LoopCache {
    /// Sends a command whose reply is to be kept, and PTTL behind it, and HPTTL if the fields that it names may expire.
    func fill(
        _ id: CacheID,
        lease: UInt64,
        flight: UInt64,
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ shared: SharedConnection
    ) {
        let fill = idleFills.popLast() ?? Fill(self)
        fillsBegun += 1
        fill.begin(id, number: fillsBegun, lease: lease, flight: flight, spec, session, shared)
        announce(fill)
        loopCounters.forwardedCommands.add()
        session.noteSentFill(of: CollectionOfOne(id.hash), spec)
        // Each reply is handed on by itself.
        if fill.awaitsCaching {
            sendCaching(over: shared, to: fill)
            fill.beginsNewRun = true
        }
        shared.send(command.frame, to: fill)
        fill.beginsNewRun = true
        sendPTTL(id.key, over: shared, to: fill)
        guard fill.asksForFields else { return }
        fill.beginsNewRun = true
        sendHPTTL(command, over: shared, to: fill)
    }

    /// Has the server track what the next command reads.
    func sendCaching(over shared: SharedConnection, to receiver: ReplyReceiver) {
        scratch.clear()
        scratch.writeStaticString("*3\r\n$6\r\nCLIENT\r\n$7\r\nCACHING\r\n$3\r\nYES\r\n")
        scratch.withUnsafeReadableBytes { shared.send($0, to: receiver) }
    }

    /// Asks how long the key has to live.
    func sendPTTL(_ key: UnsafeRawBufferPointer, over shared: SharedConnection, to receiver: ReplyReceiver) {
        scratch.clear()
        scratch.writeStaticString("*2\r\n$4\r\nPTTL\r\n")
        scratch.writeBulkString(key)
        scratch.withUnsafeReadableBytes { shared.send($0, to: receiver) }
    }

    /// Asks how long the fields have to live that a command names.
    private func sendHPTTL(_ command: Command, over shared: SharedConnection, to receiver: ReplyReceiver) {
        let fields = command.count - 2
        scratch.clear()
        scratch.writeArrayHeader(fields + 4)
        scratch.writeStaticString("$5\r\nHPTTL\r\n")
        scratch.writeBulkString(command[1])
        scratch.writeStaticString("$6\r\nFIELDS\r\n")
        scratch.writeBulkString(String(fields))
        scratch.writeBytes(command.bytes(behind: 1))
        scratch.withUnsafeReadableBytes { shared.send($0, to: receiver) }
    }

    /// The fill is over, and may be used again.
    func recycle(_ fill: Fill) {
        if idleFills.count < Self.mostIdleFills { idleFills.append(fill) }
    }

    /// Others may join the fill, unless there is one already that they may.
    func announce(_ fill: FillReceiver) {
        if flights[PreHashed(fill.flight)] == nil { flights[PreHashed(fill.flight)] = fill }
    }

    /// Nobody can join the fill any more.
    func forget(_ fill: FillReceiver) {
        let flight = PreHashed(fill.flight)
        if flights[flight] === fill { flights[flight] = nil }
    }

    /// Stores a reply for as long as `timeToLive`, the reply to PTTL, allows, and no longer than `limit` milliseconds;
    /// why not, if it can't be.
    func keep(
        _ reply: UnsafeRawBufferPointer,
        as question: CacheQuestion,
        lease: UInt64,
        timeToLive: UnsafeRawBufferPointer,
        limit: Int64,
        sentAt: Int64,
        over connection: SharedConnection,
        source: UInt32
    ) -> FillRefusal? {
        if let refusal = timeToLive.errorLine {
            timeToLiveRefused(connection, refusal)
            return .noDeadline
        }
        guard reply.count <= largestEntry else { return .tooLarge }
        let content = question.isForString ? ReplyContent(string: reply) : ReplyContent(kind: .wire, bytes: reply)
        guard let content else { return .errorReply }
        let longest = min(longestLife(over: connection), limit)
        guard longest > 0 else { return .expired }
        let life = EntryLife(timeToLive, of: content, reply: reply, longest: longest)
        let milliseconds: Int64
        var expiresWithKey = false
        switch life {
        case .milliseconds(let life): milliseconds = life
        case .untilExpiry(let life):
            milliseconds = life
            expiresWithKey = true
        default: return life.refusal
        }
        let fill = CacheFill(
            kind: content.kind,
            reply: content.bytes,
            deadline: CacheTime(milliseconds: sentAt).advanced(milliseconds: milliseconds),
            expiresWithKey: expiresWithKey,
            source: source
        )
        switch question.withID({ cache.store($0, fill, lease: lease, now: now) }) {
        case .stored: return nil
        case .leaseLost: return .leaseLost
        case .tooLarge: return .tooLarge
        }
    }
}
