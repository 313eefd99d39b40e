import NIOCore

/// Where clients are served, and which.
public struct RESPListenerConfiguration: Sendable {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port; nil for none.
    public var port: Int? = 6380
    /// The path of a unix socket; nil for none.
    public var socketPath: String?
    /// How many clients may be connected at once.
    public var maxClients = 10000
    /// How long a client may be silent; nil for ever. As in Redis, blocked clients and subscribers may.
    public var idleTimeout: TimeAmount?
    /// Whether clients from other machines are refused while no password is set.
    public var protectedMode = true
    /// Whether clients need a password.
    public var hasPassword = false

    /// Redis's defaults, on our port.
    public init() {}
}
