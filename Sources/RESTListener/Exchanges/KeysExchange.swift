import CommandDispatch
import JSON
import NIOCore
import NIOHTTP1
import RESP

/// `GET /api/cache/keys`: the keys that SCAN finds, page by page.
final class KeysExchange: Exchange {
    /// How many keys a page has about, unless the client says otherwise.
    static let usualLimit = 10_000
    static let mostKeys = 100_000
    /// How many keys one SCAN may look at, and how many of them a page may take: a pattern that hardly anything matches
    /// must not keep a request for ever.
    private static let largestStep = 1000
    private static let mostSteps = 1000

    private let prefix: [UInt8]
    private let limit: Int
    private var scan: KeyScan
    private var steps = 0
    private var seen: Set<[UInt8]> = []
    private var keys: [[UInt8]] = []

    /// - Parameters:
    ///   - pattern: what the keys' names must match: a prefix, or with glob characters Redis's glob.
    ///   - cursor: where to go on; `0` to begin.
    ///   - prefix: what all keys of REST clients begin with.
    init(pattern: [UInt8]?, cursor: [UInt8], limit: Int, prefix: [UInt8]) {
        let isUnbounded = pattern == nil && prefix.isEmpty
        let glob = isUnbounded ? nil : GlobPattern.of(prefix: prefix, pattern: pattern ?? [])
        scan = KeyScan(pattern: glob, from: cursor)
        self.limit = limit
        self.prefix = prefix
    }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        goOn(&commands)
        return nil
    }

    private func goOn(_ commands: inout CommandQueue) {
        steps += 1
        scan.ask(min(Self.largestStep, max(1, limit - keys.count)), &commands)
    }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        if let error = Self.error(reply) {
            return Response(error.message.hasPrefix("ERR invalid cursor") ? .init(.badRequest, error.message) : error)
        }
        var reply = ReplyCursor(reply)
        let count: Int
        do throws(HTTPError) { count = try scan.take(&reply) } catch { return Response(error) }
        for _ in 0..<count {
            guard case .string(let key) = reply.next() else { continue }
            let name = Array(key.dropFirst(prefix.count))
            if seen.insert(name).inserted { keys.append(name) }
        }
        guard scan.isOver || keys.count >= limit || steps == Self.mostSteps else {
            goOn(&commands)
            return nil
        }
        return makeResponse()
    }

    private func makeResponse() -> Response {
        let isText = keys.map { $0.withUnsafeBytes { UTF8Sequence.isValid($0) } }
        let groups = (text: zip(keys, isText).filter(\.1), encoded: zip(keys, isText).filter { !$0.1 })
        var response = Response.object { object in
            object.member("keys") { $0.writeJSONArray(groups.text) { $1.0.writeString(to: &$0) } }
            if !groups.encoded.isEmpty {
                object.member("encoded_keys") { $0.writeJSONArray(groups.encoded) { $1.0.writeString(to: &$0) } }
            }
            if !scan.isOver { object.member("cursor", String(decoding: scan.cursor, as: UTF8.self)) }
        }
        response.freshness = .never
        return response
    }
}

extension [UInt8] {
    fileprivate func writeString(to buffer: inout ByteBuffer) { withUnsafeBytes { _ = buffer.writeStoredString($0) } }
}
