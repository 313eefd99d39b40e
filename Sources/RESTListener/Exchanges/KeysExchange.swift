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
    /// How many keys one SCAN may look at, and how many of them a page may take: a pattern that hardly anything matches must not
    /// keep a request for ever.
    private static let largestStep = 1000
    private static let mostSteps = 1000

    private let pattern: [UInt8]?
    private let prefix: [UInt8]
    private let limit: Int
    private var cursor: [UInt8]
    private var steps = 0
    private var seen: Set<[UInt8]> = []
    private var keys: [[UInt8]] = []

    /// - Parameters:
    ///   - pattern: what the keys' names must match: a prefix, or with glob characters Redis's glob.
    ///   - cursor: where to go on; `0` to begin.
    ///   - prefix: what all keys of REST clients begin with.
    init(pattern: [UInt8]?, cursor: [UInt8], limit: Int, prefix: [UInt8]) {
        self.pattern =
            pattern.map { GlobPattern.of(prefix: prefix, pattern: $0) }
            ?? (prefix.isEmpty ? nil : GlobPattern.of(prefix: prefix, pattern: []))
        self.cursor = cursor
        self.limit = limit
        self.prefix = prefix
    }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        scan(&commands)
        return nil
    }

    private func scan(_ commands: inout CommandQueue) {
        steps += 1
        let count = min(Self.largestStep, max(1, limit - keys.count))
        commands.add(pattern == nil ? 4 : 6) { command in
            command.add("SCAN")
            command.add(cursor)
            command.add("COUNT")
            command.add(count)
            guard let pattern else { return }
            command.add("MATCH")
            command.add(pattern)
        }
    }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        if let error = Self.error(reply) {
            return Response(error.message.hasPrefix("ERR invalid cursor") ? .init(.badRequest, error.message) : error)
        }
        var reply = ReplyCursor(reply)
        guard case .array = reply.next(), case .string(let next) = reply.next(), case .array(let count) = reply.next()
        else { return Response(HTTPError(.internalServerError, "SCAN was answered with something else")) }
        cursor = Array(next)
        for _ in 0..<count {
            guard case .string(let key) = reply.next() else { continue }
            let name = Array(key.dropFirst(prefix.count))
            if seen.insert(name).inserted { keys.append(name) }
        }
        guard cursor == [UInt8(ascii: "0")] || keys.count >= limit || steps == Self.mostSteps else {
            scan(&commands)
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
            if cursor != [UInt8(ascii: "0")] { object.member("cursor", String(decoding: cursor, as: UTF8.self)) }
        }
        response.freshness = .never
        return response
    }
}

extension [UInt8] {
    fileprivate func writeString(to buffer: inout ByteBuffer) { withUnsafeBytes { _ = buffer.writeStoredString($0) } }
}
