import ArgumentParser
import CacheClient
import NIOCore

/// The options that all client subcommands have.
struct ClientOptions: ParsableArguments {
    @Option(help: "The server's URL. (default: $OCM_URL, or \(CacheClient.defaultURL))")
    var url: String?

    @Option(help: "The token that the server wants. (default: $OCM_TOKEN)")
    var token: String?

    @Option(
        help: ArgumentHelp(
            "How long the server may take to answer, such as 500ms or 5s. (default: 10s)",
            valueName: "time"
        ),
        transform: { try ClientOptions.time($0) }
    )
    var timeout: Duration?

    @Flag(help: "Print what the API answers: JSON.")
    var json = false

    /// Runs `body` with a client of the server.
    ///
    /// - Throws: `ExitCode(1)`, after it has said what failed.
    func run(_ body: (CacheClient) async throws -> Void) async throws {
        let client = try makeClient()
        do {
            try await body(client)
        } catch let error as CacheClientError {
            throw StandardError.failure(explained(error))
        } catch let error as OutputError {
            throw StandardError.failure(error.description)
        }
    }

    private func makeClient() throws -> CacheClient {
        do {
            return try CacheClient(url: givenURL, token: givenToken, timeout: timeout ?? .seconds(10))
        } catch {
            throw StandardError.usageError("\(url == nil ? "OCM_URL" : "--url"): \(error)")
        }
    }

    private var givenURL: String { url ?? Environment["OCM_URL"] ?? Self.localURL }

    private var givenToken: String? { token ?? Environment["OCM_TOKEN"] }

    /// A server that takes its port from the environment has the same environment as the healthcheck in its container.
    /// Kubernetes, for a service called ocm, sets `OCM_PORT` to something else.
    private static var localURL: String {
        let port = Environment["OCM_PORT"].flatMap { UInt16($0) } ?? 0
        return port > 0 ? "http://localhost:\(port)" : CacheClient.defaultURL
    }

    private func explained(_ error: CacheClientError) -> String {
        guard error.code == .unauthorized else { return error.message }
        return givenToken == nil
            ? "\(givenURL) wants a token: give it as --token or OCM_TOKEN"
            : "\(givenURL) refuses the token: give it the one in its --rest-token, as --token or OCM_TOKEN"
    }

    /// A time that an option gives.
    static func time(_ text: String) throws(ConfigurationError) -> Duration {
        let time = try TimeAmount(text: text)
        guard (.milliseconds(1)...(.hours(24))).contains(time) else {
            throw ConfigurationError("it must be from 1ms to 24h")
        }
        return Duration(time)
    }
}
