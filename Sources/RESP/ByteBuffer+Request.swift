import NIOCore

extension ByteBuffer {
    /// A command of `words`, with `arguments` behind them, as multibulk bytes.
    public init(command words: [String], _ arguments: [[UInt8]] = []) {
        self.init()
        writeCommand(words, arguments)
    }

    /// A command of `words`, with `arguments` behind them, as multibulk bytes.
    public mutating func writeCommand(_ words: [String], _ arguments: [[UInt8]] = []) {
        writeArrayHeader(words.count + arguments.count)
        for word in words { writeBulkString(word) }
        for argument in arguments { argument.withUnsafeBytes { writeBulkString($0) } }
    }
}
