import NIOCore
import RESP
import Stats
import Upstream

extension Dispatcher {
    /// Deals with CLIENT by its subcommand.
    ///
    /// The client's name is the session's, not its connection's; what turns the replies into a stream makes a tunnel;
    /// what concerns other clients leaves nothing behind. A client that asks for its id has its connection kept for it,
    /// for when it needs one to itself. And with anything else that isn't refused (a flag, something newer than we
    /// know) the session is never without it again, because from then on it is no longer like any other.
    func dispatchClient(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session
    ) -> Disposition {
        guard command.count > 1 else { return forwardOrPin(command, spec, session) }
        switch ClientSubcommand(command) {
        case .setName, .getName, .setInfo:
            if session.mayBeEnteringTransaction || session.isRenaming { return .later }
            if session.connectionState.inTransaction { return nameAtExec(command, spec, session) }
            if session.connectionState.isIdentityUnsure {
                return sendPinned(command, spec, session, reply: StateReply(session, .keep))
            }
            answerFromSession(command, session)
            if let own = session.pinned ?? session.reserved { rename(own, for: session) }
            return .taken
        case .stream: return openTunnel(command, spec, session)
        case .pause: return sendPinned(command, spec, session, reply: PauseReply(session, command))
        case .others: return sendPinned(command, spec, session)
        case .identity: return sendPinned(command, spec, session, reply: StateReply(session, .identify))
        case .maintenance:
            return answerOrQueue(command, spec, session, queuedReply: StateReply(session, .keep)) {
                session.replyError("ERR unknown subcommand '\(command.string(1))'. Try CLIENT HELP.")
                return .taken
            }
        case .own: return sendPinned(command, spec, session, reply: StateReply(session, .keep))
        }
    }

    /// CLIENT SETNAME, GETNAME or SETINFO within a transaction.
    private func nameAtExec(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session
    ) -> Disposition {
        if case .setName = ClientSubcommand(command), command.count == 3, ClientName.isValid(command[2]) {
            session.nameAtExec(Array(command[2]))
        }
        return sendPinned(command, spec, session, reply: StateReply(session, .keep))
    }

    /// CLIENT SETNAME, GETNAME and SETINFO, without the server.
    func answerFromSession(_ command: Command, _ session: Session) {
        switch ClientSubcommand(command) {
        case .setName where command.count == 3:
            guard ClientName.isValid(command[2]) else {
                return session.replyError("ERR Client names cannot contain spaces, newlines or special characters.")
            }
            session.clientName = Array(command[2])
            session.reply { $0.writeOK() }
        case .getName where command.count == 2:
            let name = session.clientName
            session.reply { buffer in
                guard !name.isEmpty else { return buffer.writeNull(session.identity.version) }
                name.withUnsafeBytes { buffer.writeBulkString($0) }
            }
        case .setInfo where command.count == 4:
            guard command.argument(2, is: "lib-name") || command.argument(2, is: "lib-ver") else {
                return session.replyError("ERR Unrecognized option '\(command.string(2))'")
            }
            guard command[3].allSatisfy({ (33...126).contains($0) }) else {
                let option = command.string(2).lowercased()
                return session.replyError("ERR \(option) cannot contain spaces, newlines or special characters.")
            }
            session.reply { $0.writeOK() }
        default:
            session.replyError(
                "ERR wrong number of arguments for 'client|\(command.string(1).lowercased())' command"
            )
        }
    }
}

/// What a CLIENT command is about.
enum ClientSubcommand {
    case setName
    case getName
    case setInfo
    /// REPLY, TRACKING, CACHING: replies no longer match commands.
    case stream
    /// PAUSE and UNPAUSE.
    case pause
    /// LIST, KILL, UNBLOCK, HELP: about other clients. GETREDIR and TRACKINGINFO: about what only a tunnel has.
    case others
    /// ID, INFO: who the connection is.
    case identity
    /// MAINT_NOTIFICATIONS, in which a hosted Redis tells of servers to go to instead. The client's server is us, so it
    /// is told what a Redis without it says.
    case maintenance
    /// About the connection itself.
    case own

    init(_ command: Command) {
        let words: [(StaticString, ClientSubcommand)] = [
            ("setname", .setName), ("getname", .getName), ("setinfo", .setInfo), ("reply", .stream),
            ("tracking", .stream), ("caching", .stream), ("pause", .pause), ("unpause", .pause), ("list", .others),
            ("kill", .others), ("unblock", .others), ("help", .others), ("getredir", .others),
            ("trackinginfo", .others), ("id", .identity), ("info", .identity), ("maint_notifications", .maintenance),
        ]
        let found = words.first { command.subcommand(is: $0.0) }?.1 ?? .own
        // What Redis may or may not find isn't ours to answer.
        let isExact = !command[1].contains(0)
        switch found {
        case .setName, .getName, .setInfo, .others, .maintenance: self = isExact ? found : .own
        case .stream, .pause, .identity, .own: self = found
        }
    }
}
