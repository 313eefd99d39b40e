#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What is piped in.
enum StandardInput {
    /// An argument's bytes; what is piped in for `-`.
    static func bytes(for argument: String) throws -> [UInt8] {
        argument == "-" ? try readToEnd() : Array(argument.utf8)
    }

    private static func readToEnd() throws -> [UInt8] {
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(STDIN_FILENO, &part, part.count)
            if count > 0 {
                bytes += part[..<count]
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                throw StandardError.failure("can't read the standard input: \(String(cString: strerror(errno)))")
            }
        }
    }
}
