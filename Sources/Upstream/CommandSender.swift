import NIOCore
import RESP

/// A connection that commands of ours can be sent over, too.
public protocol CommandSender {
    /// Sends a command; `receiver` gets its reply.
    func send(_ frame: UnsafeRawBufferPointer, to receiver: ReplyReceiver)
}

extension CommandSender {
    /// Sends a command of `words`, with `arguments` behind them; `receiver` gets its reply.
    public func send(_ words: [String], _ arguments: [[UInt8]] = [], to receiver: ReplyReceiver) {
        ByteBuffer(command: words, arguments).withUnsafeReadableBytes { send($0, to: receiver) }
    }
}

extension SharedConnection: CommandSender {}

extension UpstreamConnection: CommandSender {
    /// Sends a command of `words` that belongs to a stream.
    func sendInStream(_ words: [String]) {
        ByteBuffer(command: words).withUnsafeReadableBytes { sendInStream($0) }
    }
}
