import CommandDispatch
import Upstream

/// What one event loop knows of its Redis.
struct UpstreamState {
    /// Where it is, without the password.
    let address: String
    /// Whether commands are carried, and answered.
    let isUp: Bool
    /// Whether reads are answered from the local cache.
    let cache: CacheState

    init(address: String, isUp: Bool, cache: CacheState) {
        self.address = address
        self.isUp = isUp
        self.cache = cache
    }

    /// The state as `dispatcher`'s loop sees it; nil when there is no Redis.
    init?(_ dispatcher: Dispatcher) {
        guard let upstream = dispatcher.upstream else { return nil }
        self.init(
            address: upstream.configuration.url.description,
            isUp: upstream.observedStatus == .up,
            cache: dispatcher.cacheState
        )
    }
}
