import Logging
import NIOCore
import RESP
import Stats
import Upstream

extension Dispatcher {
    /// Takes a command that isn't ordinary, or whose session isn't.
    func dispatchWithCare(_ command: Command, _ name: CommandName?, _ session: Session) -> Disposition {
        guard let upstream else { preconditionFailure("commands are forwarded only when there is an upstream") }
        if session.obstacles.contains(.closing) { return .taken }
        if session.obstacles.contains(.awaitingReply) || !session.hasRoom { return .later }
        let spec = spec(name)
        if let tunnel = session.tunnel, spec?.pointee.route == .subscription || !leftTunnel(tunnel, session) {
            if let spec { return dispatchInTunnel(command, spec, session) }
            return tunnel.isFramed
                ? dispatchUnknown(command, name, session, upstream) : dispatchUnframed(command, session)
        }
        if session.obstacles.contains(.unwritable) { return .later }
        if !session.isAuthenticated, let error = refusal(of: command, spec?.pointee.route) {
            session.replyError(error)
            return .taken
        }
        guard let spec else { return dispatchUnknown(command, name, session, upstream) }
        if session.isStateless, let refusal = refusalWithoutConnection(command) {
            // As a rule it was refused before; but what a renamed command does the server has told only now.
            session.replyError("ERR " + refusal)
            return .taken
        }
        // A command that shuts the cache isn't sent to wait behind one that blocks.
        if session.pinned != nil, session.outstanding > 0, session.flushes(command, spec.pointee) { return .later }
        switch spec.pointee.route {
        case .forward: return forwardOrPin(command, spec, session)
        case .cache: return answerOrQueue(command, spec, session) { dispatchCache(command, session) }
        case .blocking: return sendPinned(command, spec, session, pace: .waiting)
        case .blockingIfAsked:
            return command.asksToBlock
                ? sendPinned(command, spec, session, pace: .waiting) : forwardOrPin(command, spec, session)
        case .script: return sendPinned(command, spec, session, pace: .slow)
        case .scripts:
            if command.subcommand(is: "kill") || command.subcommand(is: "stats") {
                return sendToBusyServer(command, spec, session)
            }
            return command.startsDebugger(spec.pointee)
                ? startDebugger(command, spec, session) : forwardOrPin(command, spec, session)
        case .shutdown: return sendToBusyServer(command, spec, session)
        case .fieldExpiry:
            server.fieldExpiry.noteCommand(words: command.count, at: .now())
            return forwardOrPin(command, spec, session)
        case .wait: return sendWait(command, spec, session)
        case .multi: return beginTransaction(command, spec, session)
        case .watch: return sendPinned(command, spec, session, reply: StateReply(session, .watch))
        case .exec: return endTransaction(command, spec, session, .exec)
        case .discard: return endTransaction(command, spec, session, .discard)
        case .unwatch: return endTransaction(command, spec, session, .unwatch)
        case .connectionState: return sendPinned(command, spec, session, reply: StateReply(session, .keep))
        case .select, .auth, .hello: return changeIdentity(command, spec, session, upstream)
        case .client: return dispatchClient(command, spec, session)
        case .subscription, .tunnel: return openTunnel(command, spec, session)
        case .rawTunnel: return openTunnel(command, spec, session, framed: false)
        case .info: return dispatchInfo(command, spec, session)
        case .quit: return quit(session)
        case .reset:
            return command.count == 1 ? reset(session) : forwardOrPin(command, spec, session)
        case .http:
            endHTTP(session)
            return .taken
        }
    }

    /// The largest request, in bytes, that goes over a shared connection. The server ends a connection over which more
    /// comes than it takes (`proto-max-bulk-len`, `client-query-buffer-limit`, which may be as low as 1 MB, or a hosted
    /// one's own limit), and a large request holds up all that come behind it.
    static let largestShared = 512 << 10
    /// But a server has only so many connections to give: once as many sessions of this loop have one to themselves,
    /// whatever for, large requests are shared ones, too.
    private static let mostForLarge = 8

    /// Over the session's own connection if it has one, else over the shared one. While one of our clients has told
    /// the server to hold some commands back, a session takes a connection of its own for such, so that they hold up
    /// nobody else; and so it does for what is large.
    func forwardOrPin(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        reply: ReplyReceiver? = nil
    ) -> Disposition {
        var reply = reply
        if session.pinned != nil {
            noteBypass(session.connectionState.inTransaction ? .transaction : .pinned, spec)
            return sendPinned(command, spec, session, reply: reply)
        }
        if server.clientPause.isPossible, let pause = server.clientPause.current(at: .now()) {
            reply = reply ?? replyIfHeld(spec.pointee, session, pause)
            if server.clientPause.holdsBackOnly(spec.pointee) {
                let disposition = sendPinned(command, spec, session, reply: reply, pace: .waiting)
                if disposition == .taken { noteBypass(.paused, spec) }
                return disposition
            }
        }
        if command.frame.count > Self.largestShared, counters.pinnedSessions.current < Self.mostForLarge {
            let disposition = sendPinned(command, spec, session, reply: reply)
            if disposition == .taken { noteBypass(.pinned, spec) }
            return disposition
        }
        guard let shared = session.shared else { return .later }
        if shared.isCongested {
            shared.notifyWhenDrained(session)
            return .later
        }
        if session.obstacles.contains(.holding) {
            noteBypass(.ownWritePending, spec)
        } else if server.clientPause.isPossible {
            noteBypass(.paused, spec)
        }
        forward(command, spec, for: session, over: shared, reply: reply)
        if server.clientPause.holdsReads { server.clientPause.excuseSilence(shared.expectSilence) }
        return .taken
    }

    /// Takes the reply to a command that a pause holds, as far as is known here; it shows if it doesn't.
    private func replyIfHeld(_ spec: CommandSpec, _ session: Session, _ pause: UInt64) -> ReplyReceiver? {
        let isRead = spec.caching != .never
        guard isRead ? server.clientPause.holdsReads : !spec.isReadOnly && spec.keys == .first else { return nil }
        return PausedReply(session, pause, isRead: isRead)
    }

    /// A command whose reply might be kept isn't looked up.
    func noteBypass(_ reason: BypassReason, _ spec: UnsafePointer<CommandSpec>) {
        if spec.pointee.caching != .never { cache?.counters.bypasses.add(reason) }
    }

    /// A client may send a whole transaction without waiting for what becomes of its MULTI. When MULTI can't be sent
    /// the rest must not be executed command by command, so the connection ends with the error.
    private func beginTransaction(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session
    ) -> Disposition {
        let disposition = sendPinned(command, spec, session, reply: StateReply(session, .multi))
        if disposition == .taken, session.pinned == nil { session.closeAfterReplies() }
        return disposition
    }

    /// EXEC, DISCARD and UNWATCH mean something on the session's own connection only; elsewhere the server's answer to
    /// them is the right one as it is.
    private func endTransaction(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ kind: ConnectionState.Command
    ) -> Disposition {
        forwardOrPin(command, spec, session, reply: session.pinned == nil ? nil : StateReply(session, kind))
    }

    /// A command of ours is answered here, except within a transaction: there Redis queues it, or refuses what it
    /// doesn't know, so that EXEC has as many replies as its client expects.
    func answerOrQueue(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        queuedReply reply: ReplyReceiver? = nil,
        _ answer: () -> Disposition
    ) -> Disposition {
        if session.mayBeEnteringTransaction { return .later }
        return session.connectionState.inTransaction ? sendPinned(command, spec, session, reply: reply) : answer()
    }

    private func quit(_ session: Session) -> Disposition {
        session.reply { $0.writeOK() }
        session.closeAfterReplies()
        return .taken
    }

    /// RESET is done here: the session becomes what a new one is. A connection with state on it isn't worth cleaning.
    private func reset(_ session: Session) -> Disposition {
        guard session.outstanding == 0 else { return .later }
        session.unpin(reusable: session.connectionState.isClean)
        makeNew(session)
        session.reply { $0.writeSimpleString("RESET") }
        return .taken
    }

    /// Somebody speaks HTTP: not even the commands before it, which may be its request line, get a reply.
    func endHTTP(_ session: Session) {
        context.logger.warning(
            "closed a connection that spoke HTTP to the RESP port: possibly a web page that abuses a browser"
        )
        session.closeAtOnce()
    }

    /// Forgets everything that a session's commands have made of it.
    func makeNew(_ session: Session) {
        session.clientName = []
        session.identity = baseIdentity
        session.shared = upstream?.shared(for: baseIdentity)
        if !isOpenToAll { session.obstacles.insert(.unauthenticated) }
    }

    /// What a client that has yet to authenticate is told; nil for the commands that it may give, and for HTTP, which
    /// must not get as far as an AUTH in a request's body.
    func refusal(of command: Command, _ route: CommandRoute?) -> String? {
        switch route {
        case .auth, .quit, .reset, .http: return nil
        case .hello:
            let hello = HelloRequest(command)
            if hello.error != nil || hello.credentials != nil { return hello.error }
            // Without its AUTH, HELLO is a command like any other, but Redis has more to say about it.
            return "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH "
                + "<user> <pass> option can be used to authenticate the client and select the RESP protocol version "
                + "at the same time"
        case .exec: return "EXECABORT Transaction discarded because of: NOAUTH Authentication required."
        default: return "NOAUTH Authentication required."
        }
    }
}
