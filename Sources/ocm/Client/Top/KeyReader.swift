import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads keys from the terminal.
final class KeyReader {
    private let source: any DispatchSourceRead

    /// Hands each byte to `key`, on some thread; `end` is called when the terminal has gone.
    init(key: @escaping @Sendable (UInt8) -> Void, end: @escaping @Sendable () -> Void) {
        let source = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: .global())
        source.setEventHandler {
            var bytes = [UInt8](repeating: 0, count: 64)
            let count = read(STDIN_FILENO, &bytes, bytes.count)
            guard count > 0 else {
                source.cancel()
                return end()
            }
            for byte in bytes[..<count] { key(byte) }
        }
        source.resume()
        self.source = source
    }

    deinit { source.cancel() }
}
