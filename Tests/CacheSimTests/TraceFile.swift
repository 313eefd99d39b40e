import CZlib
import Foundation

/// A file with a trace, which is there as long as this is.
final class TraceFile {
    let path: String

    /// A trace of these keys and sizes.
    convenience init(_ records: [(UInt32, UInt32)]) {
        self.init(
            bytes: records.flatMap { key, size in
                [key, size].flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) } }
            }
        )
    }

    /// A file of any bytes, written in zlib's `mode`.
    init(bytes: [UInt8], mode: String = "wb") {
        path = FileManager.default.temporaryDirectory.appending(path: "trace-\(UUID().uuidString).gz").path
        let file = gzopen(path, mode)
        gzwrite(file, bytes, UInt32(bytes.count))
        gzclose(file)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
