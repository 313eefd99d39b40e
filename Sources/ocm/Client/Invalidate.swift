import ArgumentParser
import CacheClient

/// `ocm invalidate`
struct Invalidate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Delete a key, or without one all keys.",
        discussion: "What is deleted is deleted from Redis, too. A key needn't be there."
    )

    @Argument(help: "The key; all keys of the database if it is left out.", transform: { try CacheKey(argument: $0) })
    var key: CacheKey?

    @OptionGroup
    var options: ClientOptions

    func run() async throws {
        try await options.run { client in
            let reply = try await client.perform(try key.map { try .invalidate($0) } ?? .invalidateAll)
            let what = key.map { TerminalText.line($0.bytes) } ?? "all keys"
            try options.confirm(reply, "\(what) invalidated")
        }
    }
}
