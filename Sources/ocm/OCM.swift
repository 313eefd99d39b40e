import ArgumentParser

/// The `ocm` command.
@main
struct OCM: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ocm",
        abstract: "A caching sidecar that speaks the Redis protocol.",
        version: Version.current,
        subcommands: [Serve.self],
        defaultSubcommand: nil
    )
}
