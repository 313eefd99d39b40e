import CommandDispatch
import NIOCore
import NIOHTTP1
import RESP

/// `GET /api/cache/key/K`
///
/// How long a client may use the value without asking again is what is left of the key's time to live. With a hit the
/// local cache knows it; else PTTL follows on the heels of GET.
final class GetExchange: Exchange {
    private let name: KeyName
    private let wantsRawBytes: Bool
    private let loop: RESTLoop
    private var outcome: CacheOutcome?
    private var response: Response?

    init(_ name: KeyName, raw: Bool, _ loop: RESTLoop) {
        self.name = name
        wantsRawBytes = raw
        self.loop = loop
    }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        commands.add(2) { command in
            command.add("GET")
            command.add(name.key)
        }
        return nil
    }

    override func commandTaken(_ outcome: CacheOutcome, _ commands: inout CommandQueue) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        guard !knowsLife else { return }
        commands.add(2) { command in
            command.add("PTTL")
            command.add(name.key)
        }
    }

    /// Whether what answered knows how long the key lives.
    private var knowsLife: Bool { outcome == .hit || loop.dispatcher.upstream == nil }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        guard var response else {
            var first = makeResponse(reply)
            first.outcome = outcome ?? .bypass
            first.variesByForm = true
            guard !knowsLife else {
                let life = name.key.withUnsafeBytes { loop.dispatcher.remainingLife(ofKey: $0) }
                setFreshness(life, to: &first)
                return first
            }
            response = first
            return nil
        }
        var cursor = ReplyCursor(reply)
        var life: Int?
        if case .integer(let digits) = cursor.next(), let milliseconds = Decimal.parse(digits), milliseconds >= 0 {
            life = milliseconds
        }
        setFreshness(life, to: &response)
        return response
    }

    private func makeResponse(_ reply: UnsafeRawBufferPointer) -> Response {
        var cursor = ReplyCursor(reply)
        switch cursor.next() {
        case .string(let value): return found(value)
        case .error(let text): return Response(HTTPError(reply: String(decoding: text, as: UTF8.self)))
        default:
            return .object(.notFound) { object in
                name.write(to: &object)
                object.member("found", false)
            }
        }
    }

    private func found(_ value: UnsafeRawBufferPointer) -> Response {
        guard !wantsRawBytes else {
            var response = Response(.ok, "application/octet-stream", ByteBuffer(bytes: value))
            response.entityTag = EntityTag(value, .raw)
            return response
        }
        var isEncoded = false
        var object = JSONObjectWriter(into: ByteBufferAllocator().buffer(capacity: name.name.count + value.count + 64))
        name.write(to: &object)
        object.member("value") { isEncoded = $0.writeStoredValue(value) }
        if isEncoded { object.member("encoding", "base64") }
        object.member("found", true)
        var response = Response(.ok, Response.json, object.end())
        response.entityTag = EntityTag(value)
        return response
    }

    private func setFreshness(_ milliseconds: Int?, to response: inout Response) {
        guard response.status == .ok else {
            response.freshness = .never
            return
        }
        // Without an end it may change at any time, but need not be sent again if it hasn't.
        response.freshness = milliseconds.map { .seconds($0 / 1000) } ?? .toBeChecked
    }
}
