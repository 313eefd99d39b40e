import NIOCore
import RESP
import Stats
import Upstream

extension Dispatcher {
    /// Makes a tunnel of the session's own connection and sends the command into it.
    func openTunnel(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session,
        framed: Bool = true
    ) -> Disposition {
        // Replies of the session that are looked at on their way can't be told apart inside a stream.
        guard session.outstanding == 0 else { return .later }
        switch pinnedConnection(of: session) {
        case .later: return .later
        case .refused: return .taken
        case .connection(let connection):
            let tunnel = makeTunnel(session, connection, framed: framed)
            noteTunnelled(command, spec, tunnel)
            connection.sendInStream(command.frame)
            return .taken
        }
    }

    /// Makes a tunnel of the session's own connection.
    func makeTunnel(_ session: Session, _ connection: UpstreamConnection, framed: Bool) -> Tunnel {
        let tunnel = Tunnel(session: session, framed: framed)
        session.becomeTunnel(tunnel)
        connection.stream(to: tunnel, framed: framed)
        return tunnel
    }

    /// Passes a command into the session's tunnel. Everything is the server's to answer. RESET ends the tunnel, because
    /// what the connection is after it (no longer authenticated by us, on database 0) isn't what a new session of ours
    /// is.
    func dispatchInTunnel(
        _ command: Command,
        _ spec: UnsafePointer<CommandSpec>,
        _ session: Session
    ) -> Disposition {
        guard let connection = session.pinned, let tunnel = session.tunnel else { return .later }
        let route = spec.pointee.route
        if route == .reset, command.count == 1, !tunnel.isFramed {
            // Where replies can't be told apart nobody can say when the server has done it: what was sent before is
            // answered, and then the client's connection ends.
            session.obstacles.insert(.awaitingReply)
            session.inputEnded()
            return .taken
        }
        if connection.isCongested {
            connection.notifyWhenDrained(session)
            return .later
        }
        if route == .fieldExpiry { server.fieldExpiry.noteCommand(words: command.count, at: .now()) }
        noteTunnelled(command, spec, tunnel)
        if let frame = defaultUser?.translated(command, route) {
            frame.withUnsafeReadableBytes { connection.sendInStream($0) }
        } else {
            connection.sendInStream(command.frame)
        }
        if route == .reset, command.count == 1 {
            session.obstacles.insert(.awaitingReply)
            ByteBuffer(command: [tunnel.expectReset()]).withUnsafeReadableBytes { connection.sendInStream($0) }
        }
        return .taken
    }

    /// Which of the replies is whose isn't always known, so a command counts when it is sent.
    private func noteTunnelled(_ command: Command, _ spec: UnsafePointer<CommandSpec>, _ tunnel: Tunnel) {
        tunnel.noteSent(command, spec)
        counters.pinnedCommands.add()
        counters.commands.add(slot: Int(spec.pointee.index))
        noteBypass(.pinned, spec)
    }

    /// A command has come that needs no tunnel. Whether the session isn't one any more, because it needs none either.
    func leftTunnel(_ tunnel: Tunnel, _ session: Session) -> Bool {
        let state = session.connectionState
        guard tunnel.isUnsubscribed, state.isClean, !state.isIDKnown else { return false }
        session.unpin(reusable: false)
        return true
    }

    /// The server has dealt with a RESET in a tunnel. As a rule the session is an ordinary one again, and as new.
    func tunnelAnsweredReset(_ session: Session, isReset: Bool) {
        session.obstacles.remove(.awaitingReply)
        if isReset {
            session.unpin(reusable: false)
            makeNew(session)
            if session.hasFinished { session.closeAfterReplies() }
        }
        session.wake()
    }
}
