import Foundation
import TestSupport

/// `ocm` as a client on the command line.
struct ClientCommand {
    /// What a run has left.
    struct Outcome {
        let status: Int32
        /// Whether it was ended by a signal, which `status` then is.
        let isKilled: Bool
        let output: [UInt8]
        let errors: String

        /// What it has printed, as text.
        var text: String { String(decoding: output, as: UTF8.self) }
    }

    /// Its environment, and nothing of ours that begins with `OCM_`.
    let environment: [String: String]

    /// Asks the server at `url`, if nothing else is said.
    init(url: String?, environment: [String: String] = [:]) {
        var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("OCM_") }
        all["OCM_URL"] = url
        self.environment = all.merging(environment) { $1 }
    }

    /// Asks a server that we have started.
    init(_ server: OCMServer, environment: [String: String] = [:]) {
        self.init(url: "http://localhost:\(server.restPort)", environment: environment)
    }

    /// Runs it to its end; `input` is piped in.
    @discardableResult
    func run(_ arguments: String..., input: [UInt8] = []) throws -> Outcome {
        let directory = try TemporaryDirectory()
        let paths = ["input", "output", "errors"].map { "\(directory.path)/\($0)" }
        try Data(input).write(to: URL(fileURLWithPath: paths[0]))
        for path in paths.dropFirst() { try Data().write(to: URL(fileURLWithPath: path)) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: OCMServer.binary)
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle(forReadingAtPath: paths[0])
        process.standardOutput = FileHandle(forWritingAtPath: paths[1])
        process.standardError = FileHandle(forWritingAtPath: paths[2])
        try process.run()
        do {
            try waitUntil("ocm \(arguments) has ended", within: 30) { !process.isRunning }
        } catch {
            kill(process.processIdentifier, SIGKILL)
            throw error
        }
        return Outcome(
            status: process.terminationStatus,
            isKilled: process.terminationReason == .uncaughtSignal,
            output: Array(try Data(contentsOf: URL(fileURLWithPath: paths[1]))),
            errors: try String(contentsOfFile: paths[2], encoding: .utf8)
        )
    }
}
