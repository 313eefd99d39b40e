import ArgumentParser

/// The options of `ocm serve` that are about TLS with the upstream.
struct UpstreamTLSOptions: ParsableArguments {
    @Option(help: "With rediss://, a PEM file with the certificates to trust, instead of those that the system trusts.")
    var upstreamCacert: String?

    @Option(help: "With rediss://, a PEM file with the certificate to show to a Redis that demands one.")
    var upstreamCert: String?

    @Option(help: "A PEM file with that certificate's key.")
    var upstreamKey: String?

    @Flag(help: "With rediss://, don't verify the certificate of Redis.")
    var upstreamInsecure = false

    /// The options by name.
    var given: [(String, String?)] {
        [
            ("upstream-cacert", upstreamCacert), ("upstream-cert", upstreamCert), ("upstream-key", upstreamKey),
            ("upstream-insecure", upstreamInsecure ? "yes" : nil),
        ]
    }
}
