#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes bytes as they are.
struct FileOutput {
    static let standard = FileOutput(descriptor: STDOUT_FILENO)
    static let standardError = FileOutput(descriptor: STDERR_FILENO)

    let descriptor: CInt

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Writes all of `bytes`. If whoever was to read them has gone, ends the process as any program in a pipe does.
    func write(_ bytes: [UInt8]) throws(OutputError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Self.write(descriptor, $0) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                // Sockets are why this signal is ignored.
                signal(SIGPIPE, SIG_DFL)
                raise(SIGPIPE)
            } else if errno != EINTR {
                throw OutputError(reason: String(cString: strerror(errno)))
            }
        }
    }

    /// Writes a line of text.
    func writeLine(_ text: String) throws(OutputError) { try write(Array((text + "\n").utf8)) }

    /// Writes a text such as JSON, with a newline behind it if it has none.
    func writeText(_ text: [UInt8]) throws(OutputError) {
        try write(text.last == UInt8(ascii: "\n") ? text : text + [UInt8(ascii: "\n")])
    }

    private static func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
