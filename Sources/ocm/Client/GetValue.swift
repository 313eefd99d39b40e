import ArgumentParser
import CacheClient

/// `ocm get`
struct GetValue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print a value.",
        discussion: """
            The value is printed byte for byte and without a newline behind it, so that it can be piped: \
            `ocm get a | ocm set b -` makes an exact copy. On a terminal, it ends with a newline, and control \
            characters and bytes that aren't UTF-8 are shown as \\xNN. The exit status is 1 if there is no such key.
            """
    )

    @Argument(help: "The key.", transform: { try CacheKey(argument: $0) })
    var key: CacheKey

    @OptionGroup
    var options: ClientOptions

    func run() async throws {
        try await options.run { client in
            let reply = try await client.perform(options.json ? .entry(of: key) : .value(of: key))
            let isFound = try reply.isFound(url: client.url)
            if options.json { try FileOutput.standard.writeText(reply.body) }
            guard isFound else { throw StandardError.failure("there is no key \(TerminalText.line(key.bytes))") }
            if !options.json { try show(reply.body) }
        }
    }

    private func show(_ value: [UInt8]) throws {
        guard FileOutput.standard.isTerminal else { return try FileOutput.standard.write(value) }
        try FileOutput.standard.writeText(Array(TerminalText.lines(value).utf8))
    }
}
