import AsyncHTTPClient
import NIOCore

/// The connections of a client and its copies; closed when nobody refers to them any more.
final class Connections: Sendable {
    let http: HTTPClient

    /// - Parameter timeout: how long a connection may take to be made, and to be silent while an answer is awaited.
    init(timeout: TimeAmount) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: timeout, read: timeout)
        )
        // That nobody listens there is to be said at once, not when the time is up.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit { http.shutdown { _ in } }
}
