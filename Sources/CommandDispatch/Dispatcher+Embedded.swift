import NIOCore
import RESP
import Stats
import Upstream

extension Dispatcher {
    /// With the embedded store: commands about the session itself, and those that the store doesn't serve.
    func dispatchEmbeddedWithCare(_ command: Command, _ session: Session, _ store: EmbeddedStore) -> Disposition {
        if session.obstacles.contains(.closing) { return .taken }
        if session.obstacles.contains(.unwritable) { return .later }
        let route = spec(CommandName(command[0]))?.pointee.route
        if !session.isAuthenticated, let error = refusal(of: command, route) {
            session.replyError(error)
            return .taken
        }
        switch route {
        case .quit:
            session.reply { $0.writeOK() }
            session.closeAfterReplies()
        case .reset:
            guard command.count == 1 else {
                session.replyError(Self.wrongArity("reset"))
                return .taken
            }
            makeNew(session)
            session.reply { $0.writeSimpleString("RESET") }
        case .http: endHTTP(session)
        case .select: select(command, session)
        case .auth: authenticate(command, session)
        case .hello: hello(command, session)
        case .client: embeddedClient(command, session)
        case .cache: return dispatchCache(command, session)
        case .info: embeddedInfo(command, session, store)
        default:
            session.replyError(EmbeddedStore.unknownCommandError(command.string(0)))
        }
        return .taken
    }

    private func select(_ command: Command, _ session: Session) {
        guard command.count == 2 else { return session.replyError(Self.wrongArity("select")) }
        guard let db = Decimal.parse(command[1]) else {
            return session.replyError("ERR value is not an integer or out of range")
        }
        guard (0..<EmbeddedStore.databases).contains(db) else {
            return session.replyError("ERR DB index is out of range")
        }
        session.identity.db = db
        session.reply { $0.writeOK() }
    }

    private func authenticate(_ command: Command, _ session: Session) {
        guard (2...3).contains(command.count) else {
            return session.replyError(command.count > 3 ? "ERR syntax error" : Self.wrongArity("auth"))
        }
        if command.count == 2, server.requiredPassword == nil {
            return session.replyError(
                "ERR AUTH <password> called without any password configured for the default user. "
                    + "Are you sure your configuration is correct?"
            )
        }
        guard accepts(IdentityChange(command, .auth).credentials) else {
            return session.replyError(Self.wrongPassword)
        }
        session.obstacles.remove(.unauthenticated)
        session.reply { $0.writeOK() }
    }

    /// There is one user, the default one; without a password it takes any.
    private func accepts(_ credentials: Credentials?) -> Bool {
        guard let credentials, credentials.isDefaultUser else { return false }
        return server.requiredPassword.map { credentials.password.isEqualInConstantTime(to: $0) } ?? true
    }

    private func hello(_ command: Command, _ session: Session) {
        let hello = HelloRequest(command)
        if let error = hello.error { return session.replyError(error) }
        let version = hello.version ?? session.identity.version
        if let credentials = hello.credentials {
            guard accepts(credentials) else {
                return session.replyError(Self.wrongPassword)
            }
            session.obstacles.remove(.unauthenticated)
        }
        if let name = hello.clientName { session.clientName = name }
        session.identity.version = version
        session.reply { $0.writeHello(version, id: session.id) }
    }

    private func embeddedClient(_ command: Command, _ session: Session) {
        guard command.count > 1 else { return session.replyError(Self.wrongArity("client")) }
        switch ClientSubcommand(command) {
        case .setName, .getName, .setInfo: answerFromSession(command, session)
        case .identity where command.subcommand(is: "id"): session.reply { $0.writeIntegerReply(session.id) }
        case .own where command.subcommand(is: "no-evict") || command.subcommand(is: "no-touch"):
            session.reply { $0.writeOK() }
        default:
            session.replyError(
                "ERR unknown subcommand '\(command.string(1))'. "
                    + "The embedded store knows CLIENT SETNAME, GETNAME, SETINFO and ID."
            )
        }
    }

    private func embeddedInfo(_ command: Command, _ session: Session, _ store: EmbeddedStore) {
        let sections = (1..<command.count).map { command.string($0).lowercased() }
        let all = sections.isEmpty || !Set(sections).isDisjoint(with: ["all", "default", "everything"])
        var parts: [String] = []
        if all || sections.contains("server") { parts.append(embeddedServerSection()) }
        parts += store.info(sections: sections)
        if all || sections.contains("ocm") { parts.append(infoSection(namingKeys: true)) }
        var text = parts.joined(separator: "\r\n")
        session.reply { buffer in
            text.withUTF8 { buffer.writeVerbatimString(UnsafeRawBufferPointer($0), session.identity.version) }
        }
    }

    /// Clients look for `redis_version` before they decide what they may use.
    private func embeddedServerSection() -> String {
        "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nocm_version:\(server.version)\r\n"
            + "uptime_in_seconds:\((NIODeadline.now() - server.started).nanoseconds / 1_000_000_000)\r\n"
    }

    private static func wrongArity(_ name: String) -> String {
        "ERR wrong number of arguments for '\(name)' command"
    }
}
