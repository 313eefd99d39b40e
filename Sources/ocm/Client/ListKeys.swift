import ArgumentParser
import CacheClient

/// `ocm keys`
struct ListKeys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List keys, one a line.",
        discussion: """
            Keys are found as Redis's SCAN finds them. On a terminal, control characters and bytes that aren't UTF-8 are \
            shown as \\xNN; otherwise keys are printed byte for byte.
            """
    )

    @Option(help: "Only keys that match: a prefix such as user:, or a glob such as 'user:*:name'.")
    var pattern: String?

    @OptionGroup
    var options: ClientOptions

    func run() async throws {
        try await options.run { client in
            var printer: any KeyPrinter =
                options.json ? JSONKeyPrinter() : LineKeyPrinter(isForTerminal: FileOutput.standard.isTerminal)
            var text: [UInt8] = []
            for try await key in client.keys(matching: pattern) {
                printer.append(key, to: &text)
                guard text.count >= 64 << 10 else { continue }
                try FileOutput.standard.write(text)
                text.removeAll(keepingCapacity: true)
            }
            printer.end(&text)
            try FileOutput.standard.write(text)
        }
    }
}
