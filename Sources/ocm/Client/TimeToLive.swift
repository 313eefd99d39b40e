import ArgumentParser

/// A time to live on the command line.
struct TimeToLive: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "After how many seconds the key expires, such as 60 or 0.5. (default: never)",
            valueName: "seconds"
        ),
        transform: { try TimeToLive.duration($0) }
    )
    var ttl: Duration?

    private static func duration(_ text: String) throws -> Duration {
        guard let seconds = Double(text), (0.001..<1e10).contains(seconds) else {
            throw ConfigurationError("it must be a number of seconds, such as 60 or 0.5")
        }
        return .seconds(seconds)
    }
}
