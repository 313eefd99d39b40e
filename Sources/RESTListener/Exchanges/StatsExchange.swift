import CommandDispatch
import NIOCore
import Upstream

/// `GET /api/cache/stats`: our own figures, and those of Redis that it tells with INFO.
final class StatsExchange: Exchange {
    private let loop: RESTLoop

    init(_ loop: RESTLoop) { self.loop = loop }

    override var timeLimit: TimeAmount? { .seconds(2) }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        guard loop.dispatcher.upstream != nil else { return makeResponse(nil) }
        commands.add(1) { $0.add("INFO") }
        return nil
    }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        var cursor = ReplyCursor(reply)
        guard case .string(let text) = cursor.next() else { return makeResponse(nil) }
        return makeResponse(RedisInfo(text))
    }

    override func timedOut() -> Response { makeResponse(nil) }

    private func makeResponse(_ info: RedisInfo?) -> Response {
        var response = Response.object { StatsDocument(loop).write(to: &$0, info) }
        response.freshness = .never
        return response
    }
}
