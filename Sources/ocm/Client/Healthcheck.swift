import ArgumentParser
import CacheClient

/// `ocm healthcheck`
struct Healthcheck: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See whether a server is healthy.",
        discussion: """
            Prints healthy; or degraded and why, when the server serves but can't cache, though it should. When it can't \
            serve, or can't be reached, the exit status is 1.
            """
    )

    @Flag(help: "Ask only whether the server lives, which it does while Redis is away, too.")
    var live = false

    @OptionGroup
    var options: ClientOptions

    func run() async throws {
        try await options.run { client in
            if live {
                let reply = try await client.perform(.liveness)
                try FileOutput.standard.writeText(options.json ? reply.body : Array("alive".utf8))
                return
            }
            let reply = try await client.perform(.healthcheck)
            let health = try reply.decoded(ServerHealth.self, url: client.url)
            let text = health.status.rawValue + (health.reason.map { ": \($0)" } ?? "")
            if options.json { try FileOutput.standard.writeText(reply.body) }
            guard health.status != .unhealthy else { throw StandardError.failure(text) }
            if !options.json { try FileOutput.standard.writeLine(text) }
        }
    }
}
