import CommandDispatch
import NIOCore
import NIOHTTP1
import RESP

/// `DELETE /api/cache/invalidate-all` for clients who are confined to a prefix: what SCAN finds under it is unlinked.
final class PrefixFlushExchange: Exchange {
    private static let step = 1000

    private var scan: KeyScan
    private var awaitsUnlink = false

    init(prefix: [UInt8]) { scan = KeyScan(pattern: GlobPattern.of(prefix: prefix, pattern: [])) }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        scan.ask(Self.step, &commands)
        return nil
    }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        if let error = Self.error(reply) { return Response(error) }
        if awaitsUnlink {
            awaitsUnlink = false
        } else {
            var reply = ReplyCursor(reply)
            let count: Int
            do throws(HTTPError) { count = try scan.take(&reply) } catch { return Response(error) }
            if count > 0 {
                commands.add(count + 1) { command in
                    command.add("UNLINK")
                    for _ in 0..<count { if case .string(let key) = reply.next() { command.add(key) } }
                }
                awaitsUnlink = true
                return nil
            }
        }
        guard !scan.isOver else { return .invalidated }
        scan.ask(Self.step, &commands)
        return nil
    }
}
