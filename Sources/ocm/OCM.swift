import ArgumentParser

/// The `ocm` command.
@main
struct OCM: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ocm",
        abstract: "A caching sidecar that speaks the Redis protocol and HTTP.",
        version: Version.current,
        subcommands: [Serve.self],
        groupedSubcommands: [
            CommandGroup(
                name: "Client",
                subcommands: [
                    Healthcheck.self, ShowStatistics.self, Top.self, ListKeys.self, GetValue.self, SetValue.self,
                    Invalidate.self, BatchGet.self, BatchSet.self,
                ]
            )
        ]
    )

    /// The status of a command line that can't be understood.
    static let usageError = ExitCode(2)

    static func main() async {
        do {
            let arguments = try Arguments.given()
            try checkCommand(arguments)
            var command = try await asyncParseAsRoot(arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // Their own status for this, 64, is what BSD's mailers return; 2 is everybody else's.
            guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
            StandardError.write(fullMessage(for: error) + "\n")
            exit(withError: usageError)
        }
    }

    /// To the parser a command that it doesn't know is an argument too many.
    private static func checkCommand(_ arguments: [String]) throws {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName ?? $0._commandName }
        guard let given = arguments.first, !given.hasPrefix("-"), given != "help", !names.contains(given) else {
            return
        }
        throw StandardError.usageError(
            "there is no command '\(given)': there are \(names.joined(separator: ", ")); 'ocm --help' says what they do"
        )
    }
}
