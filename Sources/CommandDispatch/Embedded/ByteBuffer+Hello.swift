import NIOCore
import RESP

extension ByteBuffer {
    /// The reply to HELLO of a server that is alone and a master, as Redis 7.0 writes it.
    mutating func writeHello(_ version: RESPVersion, id: Int) {
        writeMapHeader(7, version)
        for (field, value) in [("server", "redis"), ("version", "7.0.15")] {
            writeBulkString(field)
            writeBulkString(value)
        }
        writeBulkString("proto")
        writeIntegerReply(Int(version.rawValue))
        writeBulkString("id")
        writeIntegerReply(id)
        for (field, value) in [("mode", "standalone"), ("role", "master")] {
            writeBulkString(field)
            writeBulkString(value)
        }
        writeBulkString("modules")
        writeArrayHeader(0)
    }
}
