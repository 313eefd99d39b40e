import ArgumentParser
import CacheClient

/// `ocm set`
struct SetValue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Store a value.",
        discussion: """
            A value that is JSON is stored as this JSON, byte for byte; of a string, what it stands for: "abc" is stored \
            as abc. Anything else is stored as it is, and so is what - reads from the standard input, JSON or not. Put -- \
            before a value that begins with a dash: ocm set n -- -1
            """
    )

    @Argument(help: "The key.", transform: { try CacheKey(argument: $0) })
    var key: CacheKey

    @Argument(help: "The value; - reads it from the standard input.")
    var value: String

    @OptionGroup
    var timeToLive: TimeToLive

    @OptionGroup
    var options: ClientOptions

    func run() async throws {
        try await options.run { client in
            let bytes = try StandardInput.bytes(for: value)
            let ttl = timeToLive.ttl
            // What is typed is meant; what is piped in is to be what was piped out.
            let isMeantAsJSON = value != "-" && JSONText.isValid(bytes)
            let reply = try await client.perform(
                isMeantAsJSON ? .store(json: bytes, under: key, ttl: ttl) : .store(bytes, under: key, ttl: ttl)
            )
            try options.confirm(reply, "\(TerminalText.line(key.bytes)) stored")
        }
    }
}
