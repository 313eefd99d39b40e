/// Which pages of other origins may use the API from a browser: none, unless they were named.
public enum CrossOriginPolicy: Sendable, Equatable {
    /// No others.
    case none
    /// Any.
    case any
    /// These.
    case origins(Set<String>)

    /// The header lines that let `origin` see a response; none if it may not.
    func headers(for origin: String?, preflight: Bool, allow: String) -> String {
        guard let origin else { return self == .none ? "" : "Vary: Origin\r\n" }
        let isAllowed =
            switch self {
            case .none: false
            case .any: true
            case .origins(let origins): origins.contains(origin)
            }
        guard isAllowed else { return self == .none ? "" : "Vary: Origin\r\n" }
        var lines = "Access-Control-Allow-Origin: \(self == .any ? "*" : origin)\r\nVary: Origin\r\n"
        if preflight {
            lines += "Access-Control-Allow-Methods: \(allow)\r\n"
            lines += "Access-Control-Allow-Headers: Authorization, Content-Type, Accept, If-None-Match\r\n"
            lines += "Access-Control-Max-Age: 600\r\n"
        } else {
            lines += "Access-Control-Expose-Headers: ETag, X-Cache\r\n"
        }
        return lines
    }
}
