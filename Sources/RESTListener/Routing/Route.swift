import NIOHTTP1
import RESP
import Stats

/// What a path leads to.
enum Route: Equatable {
    case healthcheck
    case livez
    case readyz
    case stats
    case keys
    /// The key that the path names; nil if its percent-encoding is broken.
    case key([UInt8]?)
    case invalidateAll
    case batchGet
    case batchSet
    case command
    case metrics
    case openAPI
    case dashboard
    /// `*`: the server itself, of which OPTIONS may ask.
    case server

    private static let keyPrefix: StaticString = "/api/cache/key/"

    private static let paths: [(StaticString, Route)] = [
        ("/api/healthcheck", .healthcheck), ("/livez", .livez), ("/readyz", .readyz), ("/api/cache/stats", .stats),
        ("/api/cache/keys", .keys), ("/api/cache/invalidate-all", .invalidateAll), ("/api/cache/batch-get", .batchGet),
        ("/api/cache/batch-set", .batchSet), ("/api/command", .command), ("/metrics", .metrics),
        ("/api/openapi.json", .openAPI), ("/", .dashboard), ("*", .server),
    ]

    /// The route of a path, as it was sent; nil for one that leads nowhere.
    init?(path: UnsafeRawBufferPointer) {
        let prefix = Self.keyPrefix.bytes
        if path.count >= prefix.count, UnsafeRawBufferPointer(rebasing: path[..<prefix.count]).equals(prefix) {
            self = .key(PercentEncoding.decode(UnsafeRawBufferPointer(rebasing: path[prefix.count...])))
            return
        }
        guard let route = Self.paths.first(where: { path.count == $0.0.bytes.count && path.equals($0.0.bytes) })?.1
        else {
            return nil
        }
        self = route
    }

    /// The methods that it has, besides OPTIONS.
    var methods: [HTTPMethod] {
        switch self {
        case .key: [.GET, .HEAD, .POST, .PUT, .DELETE]
        case .invalidateAll: [.DELETE]
        case .batchGet, .batchSet, .command: [.POST]
        case .server: []
        default: [.GET, .HEAD]
        }
    }

    /// Whether it is a key's.
    var isKey: Bool { if case .key = self { true } else { false } }

    /// What an `Allow` header says.
    var allow: String { (methods.map(\.rawValue) + ["OPTIONS"]).joined(separator: ", ") }

    /// Whether it is for everybody, token or not: what says nothing of the data, and what orchestrators ask.
    var isPublic: Bool {
        switch self {
        case .healthcheck, .livez, .readyz, .openAPI, .dashboard: true
        default: false
        }
    }

    /// Whether it says how the server is: that can be asked also when there are as many clients as may be.
    var isProbe: Bool {
        switch self {
        case .healthcheck, .livez, .readyz, .metrics: true
        default: false
        }
    }

    /// Whether `method` leaves the data as it is. What a command does is for whoever knows commands to say.
    func isReadOnly(_ method: HTTPMethod) -> Bool {
        method == .GET || method == .HEAD || self == .batchGet || self == .command
    }

    /// The parameters that a query may have; nil for any, which mean nothing: those who ask for pages and probes add
    /// some so that no cache between answers them.
    func parameters(_ method: HTTPMethod) -> [String]? {
        switch self {
        case .livez, .readyz, .metrics, .openAPI, .dashboard, .server: nil
        case .keys: ["pattern", "cursor", "limit"]
        case .key where method == .PUT: ["ttl"]
        case .invalidateAll: ["scope"]
        case .healthcheck, .stats, .key, .batchGet, .batchSet, .command: []
        }
    }

    /// Whether a body means anything.
    func takesBody(_ method: HTTPMethod) -> Bool { method == .POST || method == .PUT }

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
        case .server: .other
        }
    }
}

extension StaticString {
    fileprivate var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount) }
}
