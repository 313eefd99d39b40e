import ArgumentParser
import CacheClient

/// `ocm batch-set`
struct BatchSet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Store several values.",
        discussion: "The exit status is 1 if any of them could not be stored."
    )

    @Argument(
        help: ArgumentHelp(
            "An object of values by key, such as '{\"a\": 1, \"b\": {\"name\": \"Jane\"}}'; - reads it from the standard "
                + "input.",
            valueName: "json"
        )
    )
    var items: String

    @OptionGroup
    var timeToLive: TimeToLive

    @OptionGroup
    var options: ClientOptions

    func run() async throws {
        try await options.run { client in
            let items = try StandardInput.bytes(for: items)
            guard let count = JSONText.members(of: items)?.count else {
                throw StandardError.usageError("the values must be a JSON object, such as {\"key\": \"value\"}")
            }
            let reply = try await client.perform(.store(items: items, ttl: timeToLive.ttl))
            let errors = try reply.batchErrors(url: client.url)
            let stored = count - errors.count
            try options.confirm(reply, "\(stored) \(stored == 1 ? "key" : "keys") stored")
            for (key, error) in errors { StandardError.say("\(TerminalText.line(key.bytes)): \(error)") }
            guard errors.isEmpty else { throw ExitCode(1) }
        }
    }
}
