import ArgumentParser
import CacheClient

/// `ocm stats`
struct ShowStatistics: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Show what a server has counted and measured."
    )

    @Option(
        defaultAsFlag: "2s",
        help: ArgumentHelp("Show it again and again, at such an interval.", valueName: "time")
    )
    var watch: String?

    @OptionGroup
    var options: ClientOptions

    func run() async throws {
        let interval = try watch.map(Self.interval)
        try await options.run { client in
            guard let interval else { return try show(try await client.perform(.statistics), client) }
            try await StatisticsPoll(client: client, interval: interval).run { reply in
                if FileOutput.standard.isTerminal, !options.json {
                    try FileOutput.standard.write(Array("\u{1B}[H\u{1B}[2J".utf8))
                }
                try show(reply, client)
                if !options.json { try FileOutput.standard.writeLine("") }
            }
        }
    }

    private static func interval(_ text: String) throws -> Duration {
        do {
            return try ClientOptions.time(text)
        } catch {
            throw StandardError.usageError("--watch '\(text)': \(error)")
        }
    }

    private func show(_ reply: APIReply, _ client: CacheClient) throws {
        if options.json { return try FileOutput.standard.writeText(reply.body) }
        let statistics = try reply.decoded(ServerStatistics.self, url: client.url)
        try FileOutput.standard.writeText(Array(StatisticsReport(statistics, url: client.url).text.utf8))
    }
}
