import NIOCore
import RESP
import Stats
import Upstream

extension Session {
    /// Whether it isn't known yet if there is a transaction: only Redis's reply to MULTI tells.
    var mayBeEnteringTransaction: Bool { pinned != nil && outstanding > 0 }

    /// Makes `connection` the session's own.
    func pin(_ connection: UpstreamConnection) {
        pinned = connection
        obstacles.insert(.pinned)
        dispatcher.counters.pinnedSessions.add()
        connection.holdReads(outlet.map { !$0.isWritable } ?? false)
    }

    /// Makes the connection whose id the client knows the session's own again; nil if there is none.
    func pinReserved() -> UpstreamConnection? {
        guard let connection = reserved else { return nil }
        reserved = nil
        dispatcher.upstream?.use(connection)
        pin(connection)
        connectionState.noteIDIsKnown()
        return connection
    }

    /// The client has this name once its transaction is executed.
    func nameAtExec(_ name: [UInt8]) {
        connectionState.atExec { [unowned self] _ in
            clientName = name
            pinned?.clientName = name
        }
    }

    /// The client becomes this once its transaction is executed. If something in that fails, it may be this.
    func changeAtExec(_ change: IdentityChange) {
        connectionState.atExec { [unowned self] isFlawless in
            guard isFlawless else { return connectionState.noteIdentityIsUnsure() }
            if let name = change.clientName { clientName = name }
            identity = change.appliedAtExec(to: identity)
            pinned?.identity = identity
            pinned?.clientName = clientName
            shared = dispatcher.upstream?.shared(for: identity)
        }
    }

    /// From now on whatever the server sends is the client's.
    func becomeTunnel(_ tunnel: Tunnel) {
        self.tunnel = tunnel
        obstacles.insert(.tunnel)
        dispatcher.counters.pinnedSessions.add(-1)
        dispatcher.counters.tunnels.add()
    }

    /// Passes bytes through the tunnel.
    func pass(_ bytes: UnsafeRawBufferPointer) {
        guard !isEnded else { return }
        if output.capacity == 0 { output = dispatcher.context.buffers.take() }
        output.writeBytes(bytes)
        deliverSoon()
    }

    /// Gives the session's own connection back, on which nothing is left; or puts it aside if the client knows its id:
    /// whoever uses that means this client.
    func unpinClean() {
        guard connectionState.isIDKnown else { return unpin(reusable: true) }
        guard let connection = forgetPinned() else { return }
        connection.holdReads(false)
        dispatcher.upstream?.keepAside(connection)
        reserved = connection
    }

    /// Gives the session's own connection back.
    func unpin(reusable: Bool) {
        let isReusable = reusable && !connectionState.isIDKnown
        if let reserved { dispatcher.upstream?.unpin(reserved, clean: false) }
        reserved = nil
        isRenaming = false
        let tunnel = tunnel
        guard let connection = forgetPinned() else { return }
        dispatcher.upstream?.unpin(connection, clean: isReusable)
        // What is outstanding will never be answered, but may be executed.
        if !isReusable { noteReplies(commands.count, goesOn: false, failed: true) }
        tunnel?.end()
    }

    /// The session's own connection broke; its commands have failed.
    func pinnedConnectionLost() {
        guard pinned != nil || reserved != nil else { return }
        let lostState = !connectionState.isClean || connectionState.isIDKnown || reserved != nil || isTunnel
        reserved = nil
        isRenaming = false
        tunnel?.end()
        _ = forgetPinned()
        // A transaction, a subscription or a known id is gone with the connection. Redis would be gone too.
        if lostState { closeAfterReplies() } else { wake() }
    }

    private func forgetPinned() -> UpstreamConnection? {
        guard let connection = pinned else { return nil }
        if isTunnel { dispatcher.counters.tunnels.add(-1) } else { dispatcher.counters.pinnedSessions.add(-1) }
        pinned = nil
        tunnel = nil
        connectionState = ConnectionState()
        _ = takeTransaction()
        obstacles.subtract([.pinned, .tunnel])
        return connection
    }
}
