#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The time of day as texts.
enum Timestamp {
    /// Now, in UTC: `2023-06-15T12:34:56.789012`.
    static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let fraction = String(1_000_000 + time.tv_nsec / 1000).dropFirst()
        return text(time.tv_sec, "%Y-%m-%dT%H:%M:%S") + "." + fraction
    }

    /// Now, as the `Date` header has it (RFC 9110, 5.6.7).
    static func httpDate() -> String { text(time(nil), "%a, %d %b %Y %H:%M:%S GMT") }

    private static func text(_ seconds: time_t, _ format: String) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            // The process has the locale "C" unless somebody calls setlocale, and nobody does.
            _ = strftime(buffer.baseAddress.unsafelyUnwrapped, 64, format, &parts)
            return String(cString: buffer.baseAddress.unsafelyUnwrapped)
        }
    }
}
