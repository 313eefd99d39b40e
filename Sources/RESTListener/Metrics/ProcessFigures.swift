#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the operating system says of this process, by the names that all Prometheus clients have for it.
///
/// Linux's `/proc` says it; elsewhere there is nothing to say.
struct ProcessFigures {
    let cpuSeconds: Double
    let startTime: Double
    let virtualMemoryBytes: Int
    let residentMemoryBytes: Int
    let threads: Int
    let openFiles: Int
    let mostOpenFiles: Int

    func write(_ writer: inout MetricsWriter) {
        writer.counter(
            "process_cpu_seconds",
            "CPU time that the process has spent, in user and in kernel mode.",
            [MetricSample(cpuSeconds)]
        )
        writer.gauge("process_start_time_seconds", "When the process was started, in Unix time.", startTime)
        writer.gauge("process_resident_memory_bytes", "Memory that the process has in RAM.", residentMemoryBytes)
        writer.gauge("process_virtual_memory_bytes", "Address space that the process has.", virtualMemoryBytes)
        writer.gauge("process_open_fds", "File descriptors that are open, a client's among them.", openFiles)
        writer.gauge("process_max_fds", "File descriptors that may be open at once.", mostOpenFiles)
        writer.gauge("process_threads", "Threads of the process, those of the operating system.", threads)
    }
}

#if os(Linux)
extension ProcessFigures {
    /// The figures now; nil without `/proc`.
    init?() {
        guard let stat = Self.contents(of: "/proc/self/stat"), let limits = Self.contents(of: "/proc/self/limits"),
            // The second field is the program's name in parentheses, which may contain anything.
            let nameEnd = stat.lastIndex(of: ")")
        else { return nil }
        // So this begins with the third field of proc(5).
        let fields = stat[nameEnd...].split(separator: " ").dropFirst().map { Int($0) ?? 0 }
        guard fields.count > 21 else { return nil }
        let ticks = Double(sysconf(CInt(_SC_CLK_TCK)))
        cpuSeconds = Double(fields[11] + fields[12]) / ticks
        threads = fields[17]
        startTime = Self.bootTime + Double(fields[19]) / ticks
        virtualMemoryBytes = fields[20]
        residentMemoryBytes = fields[21] * sysconf(CInt(_SC_PAGESIZE))
        openFiles = Self.countOpenFiles()
        let limit = limits.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        mostOpenFiles = limit?.split(separator: " ").dropFirst(3).first.flatMap { Int($0) } ?? 0
    }

    /// When the machine was started. Read once: the file is long where there are many processors.
    private static let bootTime: Double = {
        let line = contents(of: "/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
        return line.flatMap { Double($0.dropFirst("btime ".count)) } ?? 0
    }()

    /// How many file descriptors are open. Kernels since 6.2 say so at once; with others they are counted, which takes
    /// a millisecond for some thousand.
    private static func countOpenFiles() -> Int {
        var status = stat()
        if stat("/proc/self/fd", &status) == 0, status.st_size > 0 { return Int(status.st_size) }
        guard let directory = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // Not counted are `.`, `..` and the one that was opened to count.
        return max(0, count - 3)
    }

    private static func contents(of path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = chunk.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
#else
extension ProcessFigures {
    /// Nothing.
    init?() { nil }
}
#endif
