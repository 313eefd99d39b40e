import NIOCore

/// Where HTTP clients are served, and which.
public struct RESTListenerConfiguration: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port.
    public var port = 8000
    /// What clients show who may do everything; nil if nobody has to.
    public var token: [UInt8]?
    /// What clients show who may read.
    public var readToken: [UInt8]?
    /// Whose pages may use the API from a browser.
    public var crossOrigin = CrossOriginPolicy.none
    /// What every key of REST clients begins with, without their seeing it.
    public var keyPrefix: [UInt8] = []
    /// The largest body that is taken, in bytes.
    public var largestBody = 16 << 20
    /// How many clients may be connected at once, those of the other listener included.
    public var maxClients = 10000

    /// The defaults.
    public init() {}

    /// Whether only clients on this machine can come, and anybody of them may.
    var isOpenOnLoopback: Bool {
        token == nil && readToken == nil && (host.hasPrefix("127.") || host == "::1" || host == "localhost")
    }
}
