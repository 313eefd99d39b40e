import NIOCore
import RESP

/// Takes the answer to the question which server a connection has reached: the `run_id` of `INFO server`.
///
/// Behind one name there may be several (a balancer, replicas, a failover), and a client's id means something on its
/// own server only.
public final class ServerIDReceiver: CollectingReceiver {
    /// What to ask.
    public static let question = ["INFO", "server"]

    private let done: (String?) -> Void
    /// Gets what kind of server it is, if it tells: `standalone`, `cluster` or `sentinel`.
    var onMode: ((String) -> Void)?

    /// `done` gets the id, or nil if the server doesn't tell.
    public init(_ done: @escaping (String?) -> Void) { self.done = done }

    /// Reads the id.
    public override func receive(reply: UnsafeRawBufferPointer) {
        let lines = String(decoding: reply, as: UTF8.self).split(whereSeparator: \.isNewline)
        func value(_ name: String) -> String? {
            lines.first { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) }
        }
        // The second is Valkey's name for it.
        if let mode = value("redis_mode:") ?? value("server_mode:") { onMode?(mode) }
        done(value("run_id:"))
    }

    /// There is no answer.
    public override func fail(_ failure: UpstreamFailure) { done(nil) }
}
