import NIOCore

extension ByteBuffer {
    /// A command as multibulk bytes.
    public mutating func writeCommand(_ arguments: [[UInt8]]) {
        writeArrayHeader(arguments.count)
        for argument in arguments { argument.withUnsafeBytes { writeBulkString($0) } }
    }
}
