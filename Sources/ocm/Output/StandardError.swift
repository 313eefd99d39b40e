import ArgumentParser

/// Where it is said what went wrong.
enum StandardError {
    /// Says it in one line, and returns the status to end with.
    static func failure(_ message: String) -> ExitCode {
        say(message)
        return ExitCode(1)
    }

    /// Says in one line what is wrong with the command line, and returns the status to end with.
    static func usageError(_ message: String) -> ExitCode {
        say(message)
        return OCM.usageError
    }

    /// Says it in one line.
    static func say(_ message: String) { write("ocm: \(message)\n") }

    /// Writes text as it is. If that fails, there is nobody to tell.
    static func write(_ text: String) { try? FileOutput.standardError.write(Array(text.utf8)) }
}
