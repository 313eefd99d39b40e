import CommandDispatch
import NIOCore
import NIOHTTP1
import Upstream

/// `GET /api/healthcheck` and `GET /readyz`: whether a command gets its answer.
final class HealthExchange: Exchange {
    /// What is to be said.
    enum Question {
        /// How it is.
        case health
        /// Whether clients may be sent here.
        case readiness
    }

    private let question: Question
    private let loop: RESTLoop

    init(_ question: Question, _ loop: RESTLoop) {
        self.question = question
        self.loop = loop
    }

    /// An orchestrator that asks wants to know soon.
    override var timeLimit: TimeAmount? { .seconds(2) }

    override func begin(_ commands: inout CommandQueue) -> Response? {
        commands.add(1) { $0.add("PING") }
        return nil
    }

    override func receive(_ reply: UnsafeRawBufferPointer, _ commands: inout CommandQueue) -> Response? {
        guard let error = Self.error(reply) else { return healthy() }
        // A server that can't save its data refuses PING as it does writes, but reads go on.
        guard error.message.hasPrefix("MISCONF ") else { return unhealthy(error.message) }
        return question == .health ? health("degraded", error.message) : ready(nil)
    }

    /// The PING may be behind a large reply, which takes its time.
    override func timedOut() -> Response {
        loop.dispatcher.upstream?.isAnswering == true
            ? healthy() : unhealthy("Redis hasn't answered PING within 2 seconds")
    }

    private func healthy() -> Response {
        guard question == .health else { return ready(nil) }
        guard let reason = loop.dispatcher.cacheState.reason else { return health("healthy", nil) }
        return health("degraded", "not caching: \(reason)")
    }

    private func unhealthy(_ reason: String) -> Response {
        question == .health ? health("unhealthy", reason) : ready(reason)
    }

    private func health(_ status: String, _ reason: String?) -> Response {
        .object(status == "unhealthy" ? .serviceUnavailable : .ok) { object in
            object.member("status", status)
            object.member("timestamp", Timestamp.now())
            if let reason { object.member("reason", reason) }
        }
    }

    private func ready(_ reason: String?) -> Response {
        .object(reason == nil ? .ok : .serviceUnavailable) { object in
            object.member("status", reason == nil ? "ready" : "not ready")
            if let reason { object.member("reason", reason) }
        }
    }
}
