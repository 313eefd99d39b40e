import CommandDispatch
import NIOCore

/// `POST /api/cache/batch-get`
final class BatchGetExchange: Exchange {
    private let names: [KeyName]
    private var outcome = CacheOutcome.bypass

    init(_ names: [KeyName]) { self.names = names }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        guard !names.isEmpty else {
            return .object { object in
                object.object("values") { _ in }
                object.member("missing") { $0.writeStaticString("[]") }
            }
        }
        commands.add(names.count + 1) { command in
            command.add("MGET")
            for name in names { command.add(name.key) }
        }
        return nil
    }

    override func commandTaken(_ outcome: CacheOutcome, _ commands: inout CommandQueue) { self.outcome = outcome }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        if let error = Self.error(reply) { return Response(error) }
        var cursor = ReplyCursor(reply)
        _ = cursor.next()
        var missing: [KeyName] = []
        var encoded: [KeyName] = []
        var response = Response.object { object in
            object.object("values") { values in
                for name in names {
                    guard case .string(let value) = cursor.next() else {
                        missing.append(name)
                        continue
                    }
                    values.member(name.text) { buffer in
                        if buffer.writeStoredValue(value) { encoded.append(name) }
                    }
                }
            }
            object.member("missing") { $0.writeJSONArray(missing) { $0.writeJSONString($1.text) } }
            if !encoded.isEmpty {
                object.object("encodings") { encodings in
                    for name in encoded { encodings.member(name.text, "base64") }
                }
            }
        }
        response.outcome = outcome
        response.freshness = .never
        return response
    }
}
