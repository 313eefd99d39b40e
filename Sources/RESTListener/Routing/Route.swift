import NIOHTTP1
import Stats

/// What a path leads to.
enum Route: Equatable {
    case healthcheck
    case livez
    case readyz
    case stats
    case keys
    /// The key as it stands in the path, percent-encoded.
    case key(Substring)
    case invalidateAll
    case batchGet
    case batchSet
    case command
    case metrics
    case openAPI
    case dashboard

    private static let keyPrefix = "/api/cache/key/"

    /// The route of a path; nil for one that leads nowhere.
    init?(path: Substring) {
        if path.hasPrefix(Self.keyPrefix) {
            self = .key(path.dropFirst(Self.keyPrefix.count))
            return
        }
        switch path {
        case "/api/healthcheck": self = .healthcheck
        case "/livez": self = .livez
        case "/readyz": self = .readyz
        case "/api/cache/stats": self = .stats
        case "/api/cache/keys": self = .keys
        case "/api/cache/invalidate-all": self = .invalidateAll
        case "/api/cache/batch-get": self = .batchGet
        case "/api/cache/batch-set": self = .batchSet
        case "/api/command": self = .command
        case "/metrics": self = .metrics
        case "/api/openapi.json": self = .openAPI
        case "/": self = .dashboard
        default: return nil
        }
    }

    /// The methods that it has, besides OPTIONS.
    var methods: [HTTPMethod] {
        switch self {
        case .key: [.GET, .HEAD, .POST, .PUT, .DELETE]
        case .invalidateAll: [.DELETE]
        case .batchGet, .batchSet, .command: [.POST]
        default: [.GET, .HEAD]
        }
    }

    /// What an `Allow` header says.
    var allow: String { (methods.map(\.rawValue) + ["OPTIONS"]).joined(separator: ", ") }

    /// Whether it is for everybody, token or not: what says nothing of the data, and what orchestrators ask.
    var isPublic: Bool {
        switch self {
        case .healthcheck, .livez, .readyz, .openAPI, .dashboard: true
        default: false
        }
    }

    /// Whether `method` leaves the data as it is. What a command does is for whoever knows commands to say.
    func isReadOnly(_ method: HTTPMethod) -> Bool {
        method == .GET || method == .HEAD || self == .batchGet || self == .command
    }

    /// Whether a body must be JSON.
    func takesJSON(_ method: HTTPMethod) -> Bool { method == .POST }

    /// What it counts as in the statistics.
    var counted: HTTPRoute {
        switch self {
        case .healthcheck: .healthcheck
        case .livez: .livez
        case .readyz: .readyz
        case .stats: .stats
        case .keys: .keys
        case .key: .key
        case .invalidateAll: .invalidateAll
        case .batchGet: .batchGet
        case .batchSet: .batchSet
        case .command: .command
        case .metrics: .metrics
        case .openAPI: .openAPI
        case .dashboard: .dashboard
        }
    }
}
