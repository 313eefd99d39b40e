import ArgumentParser

/// The options of `ocm serve` that are about HTTP clients.
struct RESTOptions: ParsableArguments {
    @Option(help: "The address for HTTP clients. (default: --host with a token, else 127.0.0.1)")
    var restHost: String?

    @Option(help: "What HTTP clients must send as 'Authorization: Bearer TOKEN'. (default: --requirepass)")
    var restToken: String?

    @Option(help: "A file with that token.")
    var restTokenFile: String?

    @Option(help: "The same for clients who may only read.")
    var restReadToken: String?

    @Option(help: "A file with that token.")
    var restReadTokenFile: String?

    @Option(help: "The origins whose pages may use the API from a browser, with commas between them, or *.")
    var corsOrigin: String?

    @Option(help: "What every key of HTTP clients begins with, without their seeing it.")
    var restKeyPrefix: String?

    @Option(help: "The largest body that HTTP clients may send, such as 16mb. (default: 16mb)")
    var maxBodySize: String?

    /// The options by name.
    var given: [(String, String?)] {
        [
            ("rest-host", restHost), ("rest-token", restToken), ("rest-token-file", restTokenFile),
            ("rest-read-token", restReadToken), ("rest-read-token-file", restReadTokenFile),
            ("cors-origin", corsOrigin), ("rest-key-prefix", restKeyPrefix), ("max-body-size", maxBodySize),
        ]
    }
}
