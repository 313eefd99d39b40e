import FoundationEssentials

/// The control group that this process is in, as far as it limits memory and processor time.
///
/// A group is held to the limits of those that it is in, too. Where control groups have namespaces of their own, as in
/// most containers, the ones above can't be seen, and a path that names them doesn't exist: what can be read is what
/// counts.
struct ControlGroup {
    /// The directory in which the groups are mounted; in version 1 it has a directory for each controller.
    var mount = "/sys/fs/cgroup"
    /// The file that says in which groups this process is.
    var membership = "/proc/self/cgroup"

    /// How many bytes the process may use; nil if nothing says so.
    var memoryLimit: Int? {
        limits("memory") { directory, version in
            // Version 2 says `max` where there is no limit, version 1 a number beyond any machine's memory.
            Self.line(directory + (version == 1 ? "/memory.limit_in_bytes" : "/memory.max")).flatMap { Int($0) }
        }.min()
    }

    /// How many processors' time the process may use; nil if nothing says so.
    var processorQuota: Double? {
        limits("cpu") { directory, version in
            let files = version == 1 ? ["cpu.cfs_quota_us", "cpu.cfs_period_us"] : ["cpu.max"]
            let words = files.flatMap { Self.line("\(directory)/\($0)")?.split(separator: " ") ?? [] }
            // Version 2 says `max` for no quota, version 1 says -1.
            guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]), quota > 0, period > 0
            else { return nil }
            return quota / period
        }.min()
    }

    /// What `read` finds in the groups of a controller that this process is in, from the innermost to the outermost.
    private func limits<Limit>(_ controller: String, _ read: (String, Int) -> Limit?) -> [Limit] {
        var limits: [Limit] = []
        for line in (try? String(contentsOfFile: membership, encoding: .utf8))?.split(separator: "\n") ?? [] {
            // A line is `4:memory:/path` in version 1, where `cpu,cpuacct` may share a hierarchy, and `0::/path` in 2.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let version = fields[1].isEmpty ? 2 : 1
            guard version == 2 || fields[1].split(separator: ",").contains(controller[...]) else { continue }
            let top = version == 2 ? mount : "\(mount)/\(controller)"
            var names = fields[2].split(separator: "/")
            while true {
                if let limit = read(([top[...]] + names).joined(separator: "/"), version) { limits.append(limit) }
                guard names.popLast() != nil else { break }
            }
        }
        return limits
    }

    /// The first line of a file; nil if it can't be read.
    private static func line(_ path: String) -> Substring? {
        (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n").first
    }
}
