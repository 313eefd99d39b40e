import NIOCore
import RESP
import Upstream

/// Takes the upstream's INFO and puts our section behind it.
final class InfoReply: CollectingReceiver {
    private let session: Session

    init(_ session: Session) { self.session = session }

    override func receive(reply: UnsafeRawBufferPointer) {
        guard let text = Self.text(of: reply) else { return session.receive(reply, replies: 1, goesOn: false) }
        var body = Array(text)
        body.append(contentsOf: "\r\n".utf8)
        body.append(contentsOf: session.dispatcher.infoSection(namingKeys: true).utf8)
        var buffer = ByteBuffer()
        let version: RESPVersion = reply.first == UInt8(ascii: "=") ? .resp3 : .resp2
        body.withUnsafeBytes { buffer.writeVerbatimString($0, version) }
        buffer.withUnsafeReadableBytes { session.receive($0, replies: 1, goesOn: false) }
    }

    override func fail(_ failure: UpstreamFailure) {
        session.fail(failure, commands: 1, afterPartOfReply: false)
    }

    /// What stands in a bulk or a verbatim string; nil for an error or a `+QUEUED`.
    private static func text(of reply: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer>? {
        guard let kind = reply.first, kind == UInt8(ascii: "$") || kind == UInt8(ascii: "="),
            let lineEnd = reply.firstIndex(of: 10)
        else { return nil }
        // A verbatim string starts with its three letters and a colon.
        let start = lineEnd + 1 + (kind == UInt8(ascii: "=") ? 4 : 0)
        guard start <= reply.count - 2 else { return nil }
        return reply[start..<(reply.count - 2)]
    }
}
