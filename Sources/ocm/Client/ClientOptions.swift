import ArgumentParser
import CacheClient
import NIOCore

/// The options that all client subcommands have.
struct ClientOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server's URL. (default: $OCM_URL, or where 'ocm serve' would listen here)",
            discussion: "That goes by the variables and the file that 'ocm serve' goes by, such as OCM_PORT."
        )
    )
    var url: String?

    @Option(help: "The file of options that the server was given, if no URL is. (default: $OCM_CONFIG)")
    var config: String?

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
            throw StandardError.failure(explained(error, client.url))
        } catch let error as OutputError {
            throw StandardError.failure(error.description)
        }
    }

    private func makeClient() throws -> CacheClient {
        guard let given = url ?? Environment["OCM_URL"] else { return try makeLocalClient() }
        do {
            return try makeClient(of: given)
        } catch {
            throw StandardError.usageError("\(url == nil ? "OCM_URL" : "--url"): \(error)")
        }
    }

    private func makeLocalClient() throws -> CacheClient {
        do {
            return try makeClient(of: try LocalServer.url(file: config))
        } catch {
            throw StandardError.failure("\(error)")
        }
    }

    private func makeClient(of url: String) throws(CacheClientError) -> CacheClient {
        try CacheClient(url: url, token: givenToken, timeout: timeout ?? .seconds(10))
    }

    private var givenToken: String? { token ?? Environment["OCM_TOKEN"] }

    private func explained(_ error: CacheClientError, _ url: String) -> String {
        guard error.code == .unauthorized else { return error.message }
        return givenToken == nil
            ? "\(url) wants a token: give it as --token or OCM_TOKEN"
            : "\(url) refuses the token: give it the one in its --rest-token, as --token or OCM_TOKEN"
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
