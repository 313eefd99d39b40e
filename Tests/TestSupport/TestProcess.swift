import Foundation

/// A program that a test runs. What it prints goes to a file; it is killed when nobody refers to it any more.
public final class TestProcess {
    private let process = Process()
    private let outputPath: String

    /// Starts `executable` with `arguments`; `environment` is added to the test's own.
    public init(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        output outputPath: String
    ) throws {
        self.outputPath = outputPath
        guard FileManager.default.createFile(atPath: outputPath, contents: nil),
            let output = FileHandle(forWritingAtPath: outputPath)
        else { throw TestError("can't write to \(outputPath)") }
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        // The variable is the tests' own, and nothing that ocm knows.
        process.environment = ProcessInfo.processInfo.environment.filter { $0.key != "OCM_BINARY" }
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    deinit {
        guard isRunning else { return }
        // A process that was stopped (SIGSTOP) dies of SIGKILL all the same.
        kill(id, SIGKILL)
        _ = awaitEnd(0)
    }

    /// Waits for its end, which is left for Foundation to see, too: that learns of it only when nobody has the pipe any
    /// more that the process was started with, and another that was started at the same moment may have it, whose end a
    /// test that waits here would have to bring about. Nil if it hasn't ended, or if that has been seen.
    private func awaitEnd(_ options: Int32) -> (id: Int32, status: Int32)? {
        var info = siginfo_t()
        guard waitid(P_PID, id_t(id), &info, WEXITED | WNOWAIT | options) == 0 else { return nil }
        let child = info._sifields._sigchld
        return child.si_pid == 0 ? nil : (child.si_pid, child.si_status)
    }

    /// Its process id.
    public var id: Int32 { process.processIdentifier }
    /// Whether it still runs.
    public var isRunning: Bool { awaitEnd(WNOHANG) == nil && process.isRunning }
    /// What it has printed so far.
    public var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }

    /// Sends it `signal`.
    public func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Stops it where it is: connections stay open and nothing answers.
    ///
    /// The signal wakes one thread; on a busy machine the others may go on, and answer, for a while after it was sent.
    public func freeze() throws {
        send(SIGSTOP)
        try waitUntil("every thread of process \(id) has stopped") { threadStates.allSatisfy { $0 == "T" } }
    }

    /// Lets it go on.
    public func thaw() { send(SIGCONT) }

    /// What its threads are doing, a letter each, as proc_pid_stat(5) has them.
    private var threadStates: [Character] {
        let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/task")) ?? []
        return tasks.compactMap { task in
            let stat = try? String(contentsOfFile: "/proc/\(id)/task/\(task)/stat", encoding: .utf8)
            return stat?.split(separator: ")").last?.first { $0 != " " }
        }
    }

    /// Waits for its end and returns its exit status; fails when it runs on for `seconds`.
    public func waitForExit(within seconds: Double = 15) throws -> Int32 {
        try waitUntil("process \(id) has ended", within: seconds) { !isRunning }
        return awaitEnd(WNOHANG)?.status ?? process.terminationStatus
    }

    /// Its resident memory in bytes.
    public var residentMemory: Int {
        let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") } ?? ""
        return (Int(line.split { !$0.isNumber }.first ?? "") ?? 0) * 1024
    }

    /// The processor time that it has spent, in seconds.
    public var processorTime: Double {
        var time = timespec()
        // The clock of a process, as clock_getcpuclockid(3) makes it.
        clock_gettime((~id << 3) | 2, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
