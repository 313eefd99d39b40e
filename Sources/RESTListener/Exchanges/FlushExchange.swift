import CommandDispatch
import NIOCore

/// `DELETE /api/cache/invalidate-all`
final class FlushExchange: Exchange {
    /// What is emptied.
    enum Scope {
        /// The database and, by that, the cache.
        case everything
        /// The local cache.
        case local
    }

    private let scope: Scope

    init(_ scope: Scope) { self.scope = scope }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        commands.add(2) { command in
            command.add(scope == .everything ? "FLUSHDB" : "CACHE")
            command.add(scope == .everything ? "ASYNC" : "FLUSH")
        }
        return nil
    }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        if let error = Self.error(reply) { return Response(error) }
        return .invalidated
    }
}

extension Response {
    static var invalidated: Response { .object { $0.member("invalidated", true) } }
}
