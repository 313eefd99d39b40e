import LocalCache
import NIOCore
import RESP
import Stats
import Upstream

/// # CACHE
///
/// The command about the local cache itself, which no Redis has: `CACHE EXPLAIN command …`, `CACHE FLUSH`, `CACHE
/// STATS`, `CACHE HELP`.
extension Dispatcher {
    func dispatchCache(_ command: Command, _ session: Session) -> Disposition {
        let word = command.count > 1 ? command.string(1).lowercased() : ""
        switch (word, command.count) {
        case ("explain", 3...): reply(explain(command, session), session)
        case ("flush", 2):
            cache?.flush(.requested)
            session.reply { $0.writeOK() }
        case ("stats", 2): replyStatistics(session)
        case ("help", 2):
            session.reply { buffer in
                buffer.writeArrayHeader(Self.cacheHelp.count)
                for line in Self.cacheHelp { buffer.writeSimpleString(line) }
            }
        case ("explain", _), ("flush", _), ("stats", _), ("help", _):
            session.replyError("ERR wrong number of arguments for 'cache|\(word)' command")
        case ("", 1): session.replyError("ERR wrong number of arguments for 'cache' command")
        default: session.replyError("ERR unknown subcommand '\(command.string(1))'. Try CACHE HELP.")
        }
        return .taken
    }

    private static let cacheHelp: [StaticString] = [
        "CACHE <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
        "EXPLAIN <command> [<arg> ...]",
        "    Say whether the command would be answered from the local cache, and why not.",
        "FLUSH",
        "    Drop everything from the local cache. Nothing changes in Redis.",
        "HELP",
        "    Print this help.",
        "STATS",
        "    Return what the local cache holds and has done.",
    ]

    private func reply(_ text: String, _ session: Session) {
        session.reply { $0.writeBulkString(text) }
    }

    private func replyStatistics(_ session: Session) {
        let fields = server.cacheStatistics.fields
        session.reply { buffer in
            buffer.writeMapHeader(fields.count, session.identity.version)
            for field in fields {
                buffer.writeBulkString(field.name)
                buffer.writeBulkString(field.value)
            }
        }
    }

    // MARK: EXPLAIN

    /// What would become of the command behind `CACHE EXPLAIN`, in a line.
    private func explain(_ request: Command, _ session: Session) -> String {
        let frame = ByteBuffer(command: [], (2..<request.count).map { Array(request[$0]) })
        return frame.withUnsafeReadableBytes { bytes in
            var parser = RequestParser()
            guard case .command? = try? parser.parse(bytes, authenticated: true) else {
                return "BYPASS not_cacheable: this is no command"
            }
            return explain(parser.command(in: bytes), for: session)
        }
    }

    private func explain(_ command: Command, for session: Session) -> String {
        guard let cache, let shared = session.shared else { return Self.bypass(.disabled) }
        if session.pinned != nil { return Self.bypass(.pinned) }
        if server.clientPause.current(at: .now()) != nil { return Self.bypass(.paused) }
        if shared.cacheNamespace == 0 { return Self.bypass(.disabled) }
        // What a server calls by another name is served as what it is, but not from the cache.
        guard let spec = CommandName(command[0]).flatMap(ordinarySpec) else { return Self.bypass(.notCacheable) }
        if spec.pointee.caching == .hashReply, cache.mayFieldsExpire { return Self.bypass(.fieldExpiry) }
        let lookups = cache.peek(command, spec, session.identity.version, shared.cacheNamespace)
        guard let first = lookups.first else { return Self.bypass(.notCacheable) }
        if first == .closed { return Self.bypass(.feedDown) }
        if first == .suspended { return Self.bypass(.suspended) }
        if lookups.count == 1, !cache.wouldAdmit(command) { return Self.bypass(.notAdmitted) }
        let hits = lookups.count { if case .hit = $0 { true } else { false } }
        if hits == lookups.count { return "HIT" }
        if lookups.contains(where: { if case .inDoubt = $0 { true } else { false } }) {
            return "HIT in doubt: it would be served once Redis has confirmed that it is current"
        }
        if shared.trackingSource == 0 {
            guard let refusal = shared.trackingRefusal else { return Self.bypass(.untrackedConnection) }
            return Self.bypass(.trackingRefused) + ": \(refusal.reason)"
        }
        if lookups.count == 1, !cache.wouldKeep(command) { return Self.bypass(.notAdmitted) }
        let keys = lookups.count == 1 ? "" : " for \(lookups.count - hits) of \(lookups.count) keys"
        let isAllKept = lookups.count == 1 || cache.admission.mode == .keepingAll
        return "MISS\(keys): Redis would be asked, and \(isAllKept ? "the reply" : "what was missed before") kept"
    }

    private static func bypass(_ reason: BypassReason) -> String {
        let why =
            switch reason {
            case .disabled: "there is no local cache"
            case .feedDown: "the invalidation feed is down, so nothing is served that may have changed"
            case .suspended: "a command is under way that changes keys and tells nobody which"
            case .trackingRefused: "Redis refuses to track what this user reads, or its time to live"
            case .untrackedConnection: "the connection isn't tracked yet"
            case .transaction: "inside MULTI every command goes to Redis"
            case .pinned: "this client has a connection to itself"
            case .ownWritePending: "this client's own write to the key is under way"
            case .notCacheable: "replies to this command aren't kept"
            case .paused: "CLIENT PAUSE is in force"
            case .fieldExpiry: "there may be hashes with fields that expire by themselves"
            case .notAdmitted: "much is asked for of late, most of it only once, as was this key"
            }
        return "BYPASS \(reason.name): \(why)"
    }
}
