import ArgumentParser
import CacheClient
import FoundationEssentials

/// `ocm batch-get`
struct BatchGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print several values, as one JSON object.",
        discussion: """
            Values that are JSON are printed byte for byte, others as strings; what isn't UTF-8 as base64, and --json says \
            of which that is so. The exit status is 1 if any of the keys isn't there.
            """
    )

    @Argument(help: "The keys.", transform: { try CacheKey(argument: $0) })
    var keys: [CacheKey]

    @OptionGroup
    var options: ClientOptions

    func run() async throws {
        try await options.run { client in
            let reply = try await client.perform(try .values(of: keys))
            let values = try reply.batchValues(url: client.url)
            if options.json {
                try FileOutput.standard.writeText(reply.body)
            } else {
                try FileOutput.standard.writeText(object(values))
            }
            let missing = keys.filter { values[$0] == nil }.map { TerminalText.line($0.bytes) }
            guard missing.isEmpty else { throw StandardError.failure("not found: \(missing.joined(separator: ", "))") }
        }
    }

    /// The values that are there, in the order in which they were asked for, each on a line.
    private func object(_ values: [CacheKey: CachedValue]) -> [UInt8] {
        var written: Set<CacheKey> = []
        let lines = keys.compactMap { key -> [UInt8]? in
            guard let value = values[key], written.insert(key).inserted else { return nil }
            return Array("  ".utf8) + JSONText.string(key.bytes) + Array(": ".utf8) + text(value)
        }
        guard !lines.isEmpty else { return Array("{}".utf8) }
        return Array("{\n".utf8) + lines.joined(separator: ",\n".utf8) + Array("\n}".utf8)
    }

    private func text(_ value: CachedValue) -> [UInt8] {
        switch value {
        case .json(let text): text
        case .binary(let bytes): JSONText.string(Data(bytes).base64EncodedData())
        }
    }
}
