import ArgumentParser
import CacheClient

/// `ocm top`
struct Top: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Watch a server at work.",
        discussion: """
            Shows each second how it is doing; q or Ctrl-C leaves. If the standard output isn't a terminal, what would be \
            shown is printed, with an empty line behind each second's.
            """
    )

    private static let interval = Duration.seconds(1)

    @OptionGroup
    var options: ClientOptions

    func run() async throws {
        try await options.run { client in
            let poll = StatisticsPoll(client: client, interval: Self.interval)
            if options.json {
                try await poll.run { try FileOutput.standard.writeText($0.body) }
            } else if FileOutput.standard.isTerminal {
                try await TopScreen(poll).run()
            } else {
                try await print(poll)
            }
        }
    }

    private func print(_ poll: StatisticsPoll) async throws {
        var previous: ServerStatistics?
        try await poll.run { reply in
            let current = try reply.decoded(ServerStatistics.self, url: poll.client.url)
            let frame = TopFrame(current, since: previous, url: poll.client.url, problem: nil, rows: 40)
            try FileOutput.standard.writeText(Array((frame.lines.map(\.text) + ["", ""]).joined(separator: "\n").utf8))
            previous = current
        }
    }
}
