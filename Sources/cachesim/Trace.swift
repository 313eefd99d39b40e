import CZlib

/// The requests of a trace, read from a gzip-compressed file as they are needed.
final class Trace {
    /// A request for an object.
    struct Request {
        let key: UInt32
        let size: UInt32
    }

    private let path: String
    private let file: gzFile
    private var buffer = [UInt8](repeating: 0, count: 8 << 13)
    private var position = 0
    private var end = 0

    init(path: String) throws {
        guard let file = gzopen(path, "rb") else { throw TraceError.cannotOpen(path, TraceError.reason) }
        self.path = path
        self.file = file
    }

    func close() { gzclose(file) }

    /// The next request; nil at the end.
    func next() throws -> Request? {
        if end - position < 8, try !refill() { return nil }
        defer { position += 8 }
        return buffer.withUnsafeBytes {
            Request(
                key: UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: UInt32.self)),
                size: UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: position + 4, as: UInt32.self))
            )
        }
    }

    private func refill() throws -> Bool {
        let count = buffer.withUnsafeMutableBytes { gzread(file, $0.baseAddress, UInt32($0.count)) }
        var status: Int32 = 0
        let message = gzerror(file, &status)
        guard count >= 0, status == Z_OK || status == Z_STREAM_END else {
            let reason = status == Z_ERRNO ? TraceError.reason : message.map { String(cString: $0) } ?? "\(status)"
            throw TraceError.cannotRead(path, reason)
        }
        guard gzdirect(file) == 0 || count == 0 else { throw TraceError.notCompressed(path) }
        guard count % 8 == 0 else { throw TraceError.cutShort(path) }
        position = 0
        end = Int(count)
        return count > 0
    }
}
