/// What an HTTP request asked for, out of the few things that are counted apart: never a key, of which there may be
/// millions.
public enum HTTPRoute: Int, CaseIterable, Sendable {
    /// `/api/healthcheck`
    case healthcheck
    /// `/livez`
    case livez
    /// `/readyz`
    case readyz
    /// `/api/cache/stats`
    case stats
    /// `/api/cache/keys`
    case keys
    /// `/api/cache/key/…`
    case key
    /// `/api/cache/invalidate-all`
    case invalidateAll
    /// `/api/cache/batch-get`
    case batchGet
    /// `/api/cache/batch-set`
    case batchSet
    /// `/api/command`
    case command
    /// `/metrics`
    case metrics
    /// `/api/openapi.json`
    case openAPI
    /// `/`
    case dashboard
    /// Anything else, requests that weren't understood among it.
    case other

    /// The route in metrics.
    public var name: String {
        switch self {
        case .healthcheck: "healthcheck"
        case .livez: "livez"
        case .readyz: "readyz"
        case .stats: "stats"
        case .keys: "keys"
        case .key: "key"
        case .invalidateAll: "invalidate_all"
        case .batchGet: "batch_get"
        case .batchSet: "batch_set"
        case .command: "command"
        case .metrics: "metrics"
        case .openAPI: "openapi"
        case .dashboard: "dashboard"
        case .other: "other"
        }
    }
}
