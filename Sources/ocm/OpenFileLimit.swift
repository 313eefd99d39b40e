#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How many files, connections among them, the system lets the process have open.
enum OpenFileLimit {
    /// What is open besides clients' connections: Redis's, the loops' own, the log.
    private static let others = 256

    /// Raises the limit, as far as the system allows, so that so many clients can connect, as Redis does at its start.
    /// Returns how many there is room for, if that is fewer.
    static func raise(for clients: Int) -> Int? {
        var limit = rlimit()
        guard getrlimit(kind, &limit) == 0 else { return nil }
        let wanted = rlim_t(clients + others)
        if limit.rlim_cur < wanted {
            limit.rlim_cur = min(wanted, limit.rlim_max)
            _ = setrlimit(kind, &limit)
            _ = getrlimit(kind, &limit)
        }
        guard limit.rlim_cur < wanted else { return nil }
        let files = Int(limit.rlim_cur)
        let room = max(files - others, files / 2)
        return room < clients ? room : nil
    }

    #if canImport(Glibc)
    private static let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
    private static let kind = RLIMIT_NOFILE
    #endif
}
