import CommandDispatch
import NIOCore
import NIOHTTP1
import RESP

/// `DELETE /api/cache/invalidate-all` for clients who are confined to a prefix: what SCAN finds under it is unlinked.
final class PrefixFlushExchange: Exchange {
    private static let step = 1000

    private let pattern: [UInt8]
    private var cursor = Array("0".utf8)
    private var awaitsUnlink = false

    init(prefix: [UInt8]) { pattern = GlobPattern.of(prefix: prefix, pattern: []) }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        scan(&commands)
        return nil
    }

    private func scan(_ commands: inout CommandQueue) {
        commands.add(6) { command in
            command.add("SCAN")
            command.add(cursor)
            command.add("COUNT")
            command.add(Self.step)
            command.add("MATCH")
            command.add(pattern)
        }
    }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        if let error = Self.error(reply) { return Response(error) }
        if awaitsUnlink {
            awaitsUnlink = false
        } else {
            var reply = ReplyCursor(reply)
            guard case .array = reply.next(), case .string(let next) = reply.next(),
                case .array(let count) = reply.next()
            else { return Response(HTTPError(.internalServerError, "SCAN was answered with something else")) }
            cursor = Array(next)
            if count > 0 {
                commands.add(count + 1) { command in
                    command.add("UNLINK")
                    for _ in 0..<count { if case .string(let key) = reply.next() { command.add(key) } }
                }
                awaitsUnlink = true
                return nil
            }
        }
        guard cursor != [UInt8(ascii: "0")] else { return .invalidated }
        scan(&commands)
        return nil
    }
}
