import Foundation

/// A program that a test runs on a terminal.
public final class TerminalProcess {
    /// TIOCSPTLCK and TIOCGPTN of Linux, of which glibc's functions are made that Swift doesn't see.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430

    private let process = Process()
    private let terminal: CInt
    private let screen: CInt
    private var received: [UInt8] = []

    /// Starts `executable`; `environment` is added to the test's own.
    public init(
        _ executable: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        columns: Int = 80,
        rows: Int = 30
    ) throws {
        terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK)
        var isLocked: CInt = 0
        var number: CInt = 0
        guard ioctl(terminal, Self.setLock, &isLocked) == 0, ioctl(terminal, Self.getNumber, &number) == 0 else {
            throw TestError("there is no terminal: \(String(cString: strerror(errno)))")
        }
        screen = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        resize(columns: columns, rows: rows)
        let handle = FileHandle(fileDescriptor: screen, closeOnDealloc: false)
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = handle
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        close(screen)
        close(terminal)
    }

    /// Whether keys are shown and come line by line, as a shell wants it.
    public var isAsShellsWantIt: Bool {
        var settings = termios()
        tcgetattr(screen, &settings)
        let usual = tcflag_t(ICANON | ECHO | ISIG)
        return settings.c_lflag & usual == usual
    }

    /// All that it has printed so far.
    public var output: String {
        var part = [UInt8](repeating: 0, count: 64 << 10)
        while case let count = read(terminal, &part, part.count), count > 0 { received += part[..<count] }
        return String(decoding: received, as: UTF8.self)
    }

    /// Presses keys.
    public func type(_ keys: String) { _ = write(terminal, keys, keys.utf8.count) }

    /// Gives the terminal another size; whoever is on it isn't told, since it isn't the one that controls it.
    public func resize(columns: Int, rows: Int) {
        var size = winsize(ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(screen, UInt(TIOCSWINSZ), &size)
    }

    /// Sends it `signal`.
    public func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for its end and returns its exit status.
    public func waitForExit(within seconds: Double = 15) throws -> Int32 {
        try waitUntil("process \(process.processIdentifier) has ended", within: seconds) { !process.isRunning }
        return process.terminationStatus
    }
}
