import NIOCore
import RESP
import Stats
import Upstream

/// # What a session is to the server
///
/// SELECT, AUTH and HELLO go to the server as they are, over a connection that isn't shared, and the server's reply
/// decides: its errors reach the client word for word, and its yes makes the session what it asked for. A pooled
/// connection that is already what the session wants to become is asked first, since saying the same thing again
/// leaves it as it was; so a thousand clients that all begin with `HELLO 3` don't open a thousand connections. If the
/// server says no on it, it ends: the session isn't what the connection is, and whatever it was good for may be over.
extension Dispatcher {
    /// Sends a command that changes what the session is; its next command waits for the reply.
    func changeIdentity(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        _ upstream: RedisUpstream
    ) -> Disposition {
        guard session.outstanding == 0 else { return .later }
        var frame = ByteBuffer()
        frame.writeBytes(command.frame)
        let route = spec.pointee.route
        var change = IdentityChange(command, route)
        guard change.credentials?.areUsual ?? true else {
            session.replyError(Self.wrongPassword)
            return .taken
        }
        if let password = server.requiredPassword, let own = change.credentials, own.isDefaultUser {
            // The default user's password is ours, not the server's.
            guard own.password.isEqualInConstantTime(to: password) else {
                session.replyError(Self.wrongPassword)
                return .taken
            }
            if route == .hello, let error = HelloRequest(command).error {
                session.replyError(error)
                return .taken
            }
            // The connection is the server's user's, and Redis would go on with what it has queued and watches.
            guard !session.connectionState.inTransaction, !session.connectionState.isWatching else {
                session.replyError(
                    "ERR ocm can't change the user within a transaction: EXEC, DISCARD or UNWATCH before"
                )
                return .taken
            }
            guard !session.connectionState.isIdentityUnsure else {
                session.replyError(
                    "ERR ocm can't tell what a transaction, part of which failed, has made of the connection: RESET before"
                )
                return .taken
            }
            change.credentials = nil
            becomeDefaultUser(session, upstream)
            guard route == .hello else {
                session.obstacles.remove(.unauthenticated)
                session.reply { $0.writeOK() }
                return .taken
            }
            frame = HelloRequest(command).withoutCredentials
        } else if let translated = defaultUser?.translated(command, route) {
            frame = translated
        }
        let connection: UpstreamConnection
        // What is malformed is obeyed as far as it can be read, and no further.
        let wanted = change.isMalformed ? session.identity : change.applied(to: session.identity)
        switch pinnedConnection(of: session, becoming: wanted) {
        case .later: return .later
        case .refused: return .taken
        case .connection(let pinned):
            // Behind a command whose reply is still to come Redis may leave a refused AUTH without one (`Handshake`).
            guard pinned.isQuiet else { return .later }
            connection = pinned
        }
        session.obstacles.insert(.awaitingReply)
        session.noteSent(command, spec)
        counters.pinnedCommands.add()
        let reply = IdentityReply(session, change, over: connection)
        frame.withUnsafeReadableBytes { connection.send($0, to: reply) }
        return .taken
    }

    static let wrongPassword = "WRONGPASS invalid username-password pair or user is disabled."

    /// The session acts as the user of the upstream's URL again, whoever it was before.
    private func becomeDefaultUser(_ session: Session, _ upstream: RedisUpstream) {
        guard session.identity.credentials != nil || session.connectionState.mayBeAnotherUsers else { return }
        session.unpin(reusable: session.connectionState.isClean)
        session.identity.credentials = nil
        session.shared = upstream.shared(for: session.identity)
    }

    /// The server has refused an identity change, or only queued it.
    func refused(_ session: Session, _ connection: UpstreamConnection) {
        let isBound = session.connectionState.inTransaction || session.connectionState.isWatching
        // A stranger has nothing that a connection would have to be kept for, unless he was none a moment ago.
        if connection.identity != session.identity || (!session.isTrusted && !isBound) {
            session.unpin(reusable: false)
        } else if connection === session.pinned, !connection.clientName.isEmpty {
            // It was another session's.
            rename(connection, for: session)
        }
    }

    /// The server has accepted an identity change.
    func finish(_ change: IdentityChange, _ session: Session, _ connection: UpstreamConnection) {
        let identity = change.applied(to: session.identity)
        connection.identity = identity
        session.identity = identity
        session.shared = upstream?.shared(for: identity)
        if change.authenticates {
            session.obstacles.remove(.unauthenticated)
            connection.refusesNames = false
        }
        if let name = change.clientName {
            connection.clientName = name
            session.clientName = name
        }
        // One that goes back to the pool needs no name, if it has none.
        let stays = !session.connectionState.isClean || session.connectionState.isIDKnown
        if stays || !connection.clientName.isEmpty { rename(connection, for: session) }
    }
}

extension Credentials {
    /// Whether they are the default user's.
    var isDefaultUser: Bool { user.map { $0 == Array("default".utf8) } ?? true }

    /// Whether they are short enough to be kept for as long as the session lives, and then some. Redis itself forgets a
    /// password once it has looked at it, and takes any, of any length, from a user who needs none.
    fileprivate var areUsual: Bool { (user?.count ?? 0) + password.count <= Self.longest }

    private static let longest = 64 << 10
}
