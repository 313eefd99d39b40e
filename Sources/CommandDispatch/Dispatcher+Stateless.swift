import LocalCache
import RESP
import Upstream

/// # Clients without a connection
///
/// A request that comes over HTTP is answered with one reply and leaves nothing behind. Commands whose effect is on the
/// connection that they were given over mean nothing there, and those that may wait for others would hold the request
/// up.
extension Dispatcher {
    /// Why a client without a connection can't give a command; nil if it can.
    public func refusalWithoutConnection(_ command: Command) -> String? {
        guard let spec = spec(CommandName(command[0])) else { return nil }
        var name: String { spec.pointee.name.text.uppercased() }
        switch spec.pointee.route {
        case .forward, .fieldExpiry, .script, .shutdown, .info, .cache: return nil
        case .blockingIfAsked where !command.asksToBlock: return nil
        case .scripts where !command.subcommand(is: "debug"): return nil
        case .blocking, .blockingIfAsked, .wait:
            return "\(name) may block until other clients do something: give it over the Redis protocol"
        case .multi, .exec, .discard, .watch, .unwatch:
            return "\(name) belongs to a transaction, which is bound to a connection: use EVAL, or the Redis protocol"
        case .select, .auth, .hello, .client, .connectionState, .scripts, .reset, .quit:
            return "\(name) is about a connection, and a request over HTTP has none of its own: use the Redis protocol"
        case .subscription, .tunnel, .rawTunnel:
            return "\(name) makes the connection a stream: use the Redis protocol"
        case .http: return "\(name) is no command"
        }
    }

    /// Whether whoever may only read may give a command: it changes nothing, and keeps nobody else waiting for as long
    /// as it pleases, as a script can.
    public func isForReaders(_ command: Command) -> Bool {
        guard let spec = spec(CommandName(command[0])) else { return false }
        return spec.pointee.isReadOnly && spec.pointee.route != .script
    }

    /// How long the string at `key` lives on, in milliseconds, as far as the local cache or the embedded store knows;
    /// nil if it isn't in there, or its key has no end.
    public func remainingLife(ofKey key: UnsafeRawBufferPointer) -> Int? {
        if let store = server.store { return store.remainingLife(ofKey: key, db: baseIdentity.db) }
        guard let cache, let shared = upstream?.shared(for: baseIdentity) else { return nil }
        return cache.remainingLife(ofKey: key, namespace: shared.cacheNamespace)
    }

    /// Whether reads of those who come without credentials of their own are answered from the local cache, and why not.
    public var cacheState: CacheState {
        guard let upstream else { return .embedded }
        guard let cache else { return .off }
        guard cache.feed != nil else { return .waitingForFeed(cache.feedFailure) }
        // A user may do the same in every database, and with either version of the protocol.
        for connection in upstream.sharedConnections where connection.identity.credentials == nil {
            guard let refusal = connection.trackingRefusal else { continue }
            return connection.trackingSource != 0 ? .untracked : .trackingRefused(refusal)
        }
        return .on
    }
}
