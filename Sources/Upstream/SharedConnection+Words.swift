import NIOCore
import RESP

extension SharedConnection {
    /// Sends a command of ours, or fails it at once while the server is down.
    public func send(_ words: [String], _ arguments: [[UInt8]] = [], to receiver: ReplyReceiver) {
        ByteBuffer(command: words, arguments).withUnsafeReadableBytes { send($0, to: receiver) }
    }
}
