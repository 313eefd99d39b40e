import Logging
import NIOCore
import RESP
import Stats
import Upstream

/// Decides, for every command of every session on one event loop, where it is answered.
///
/// All front ends call the same dispatcher: one that speaks RESP hands commands in as they were parsed, one that speaks
/// HTTP makes them up. Replies come out of the session, in order, as RESP.
///
/// An ordinary command goes over the connection that all sessions of its identity share. A command that leaves state
/// on its connection, or may wait there, goes over one that the session has to itself until the state is gone
/// (`Dispatcher+Pinning.swift`). A command after which replies no longer match commands makes the session a tunnel
/// (`Dispatcher+Tunnel.swift`). Before a session changes connections its outstanding replies are waited for, so the
/// order of one client's commands never changes.
public final class Dispatcher {
    /// What this loop has done.
    public let counters = LoopCounters()
    /// What all loops share.
    public let server: ServerContext
    /// The loop.
    public let context: LoopContext
    /// The upstream; nil with the embedded store.
    public let upstream: RedisUpstream?
    /// The embedded store; nil with an upstream.
    private let store: EmbeddedStore?

    /// Commands that the table doesn't have, as the upstream described them.
    var learned: [CommandName: CommandSpec] = [:]
    /// Takes replies that nobody waits for.
    let discard = ReplyReceiver()

    private let table = CommandTable.standard

    /// The dispatcher of `context`'s loop, forwarding to the Redis of `configuration`, or serving from the store.
    public init(server: ServerContext, context: LoopContext, upstream configuration: UpstreamConfiguration?) {
        self.server = server
        self.context = context
        store = server.store
        let counters = counters
        upstream = configuration.map {
            RedisUpstream(
                configuration: $0,
                context: context,
                isReadOnly: { command in
                    CommandName(command[0]).flatMap { CommandTable.standard[$0] }?.isReadOnly ?? false
                },
                onRetry: { counters.retries.add() }
            )
        }
        server.register(counters)
    }

    /// A session for a client that has just come.
    public func makeSession(outlet: any SessionOutlet) -> Session {
        let session = Session(id: server.nextSessionID(), dispatcher: self, outlet: outlet)
        session.shared = upstream?.shared(for: baseIdentity)
        return session
    }

    /// What a new session is to the server.
    var baseIdentity: Identity { upstream?.baseIdentity ?? Identity() }

    /// Whether a new session may give commands before it authenticates.
    var isOpenToAll: Bool { server.requiredPassword == nil }

    /// Takes the next command of `session`. The command is a view: whatever is kept of it is copied.
    @inline(__always)
    public func dispatch(_ command: Command, for session: Session) -> Disposition {
        if let store { return dispatch(command, for: session, to: store) }
        let name = CommandName(command[0])
        if session.obstacles.isEmpty, let name, let spec = table[name], spec.route == .forward,
            session.hasRoom, !server.mayBePaused, let shared = session.shared, !shared.isCongested
        {
            forward(command.frame, for: session, over: shared)
            return .taken
        }
        return dispatchWithCare(command, name, session)
    }

    /// Serves from the store what it serves, with nothing in the way.
    private func dispatch(_ command: Command, for session: Session, to store: EmbeddedStore) -> Disposition {
        guard session.hasRoom else {
            session.deliverSoon()
            return .later
        }
        guard session.obstacles.isEmpty else { return dispatchEmbeddedWithCare(command, session, store) }
        if session.output.capacity == 0 { session.output = context.buffers.take() }
        guard
            store.execute(command, db: session.identity.db, version: session.identity.version, into: &session.output)
        else { return dispatchEmbeddedWithCare(command, session, store) }
        counters.localCommands.add()
        session.deliverSoon()
        return .taken
    }

    /// Sends a command over the shared connection.
    @inline(__always)
    func forward(_ frame: UnsafeRawBufferPointer, for session: Session, over shared: SharedConnection) {
        counters.forwardedCommands.add()
        session.noteSent()
        shared.send(frame, to: session)
    }

    /// The command called `name`, of Redis or learned.
    func spec(_ name: CommandName?) -> CommandSpec? {
        guard let name else { return nil }
        return table[name] ?? learned[name]
    }
}
