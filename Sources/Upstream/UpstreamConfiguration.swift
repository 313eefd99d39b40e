import NIOCore

/// How to reach and treat the upstream Redis.
public struct UpstreamConfiguration: Sendable {
    /// Where it is.
    public let url: UpstreamURL
    /// How connections are encrypted; nil if they aren't.
    public let tls: UpstreamTLS?
    /// How long connecting and introducing oneself may take.
    public var connectTimeout = TimeAmount.seconds(5)
    /// How long the server may stay silent while a command that doesn't block waits for its reply; nil for ever.
    public var responseTimeout: TimeAmount? = .seconds(60)
    /// The wait before the second attempt to reconnect; it doubles with each one, give or take a random part.
    public var firstBackoff = TimeAmount.milliseconds(50)
    /// The longest wait between attempts.
    public var maximumBackoff = TimeAmount.seconds(2)
    /// How many pinned connections are kept open while nobody uses them, and how many shared ones, per event loop.
    public var idleConnections = 64
    /// How long an unused connection is kept open.
    public var idleTimeout = TimeAmount.seconds(60)

    /// Redis at `url`, everything else by default; `tls` if, and only if, the URL says so.
    public init(url: UpstreamURL, tls: UpstreamTLS? = nil) {
        precondition(url.usesTLS == (tls != nil), "nothing goes out in plain text that was meant to be encrypted")
        self.url = url
        self.tls = tls
    }
}
