import NIOCore
import RESP

extension UpstreamConnection {
    /// Sends a command of ours; `receiver` gets its reply.
    public func send(_ words: [String], _ arguments: [[UInt8]] = [], to receiver: ReplyReceiver) {
        ByteBuffer(command: words, arguments).withUnsafeReadableBytes { send($0, to: receiver) }
    }

    /// Sends a command of ours that belongs to a stream.
    func sendInStream(_ words: [String]) {
        ByteBuffer(command: words).withUnsafeReadableBytes { sendInStream($0) }
    }
}
