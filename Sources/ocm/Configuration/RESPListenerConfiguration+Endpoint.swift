import RESPListener
import Upstream

extension RESPListenerConfiguration {
    /// Whether who connects to `endpoint` comes to this listener, as far as the words tell: nothing is resolved.
    func isReached(at endpoint: UpstreamURL.Endpoint) -> Bool {
        switch endpoint {
        case .unix(let path): path == socketPath
        case .tcp(let host, let port): port == self.port && (host == self.host || isReachedOverLoopback(host))
        }
    }

    private func isReachedOverLoopback(_ host: String) -> Bool {
        switch self.host {
        case "127.0.0.1", "0.0.0.0", "localhost": ["127.0.0.1", "localhost"].contains(host)
        case "::1": ["::1", "localhost"].contains(host)
        case "::": ["127.0.0.1", "::1", "localhost"].contains(host)
        default: false
        }
    }
}
