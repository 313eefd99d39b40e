import NIOHTTP1

/// Which pages of other origins may use the API from a browser: none, unless they were named.
public enum CrossOriginPolicy: Sendable, Equatable {
    /// No others.
    case none
    /// Any.
    case any
    /// These.
    case origins(Set<String>)

    private func allows(_ origin: String) -> Bool {
        switch self {
        case .none: false
        case .any: true
        case .origins(let origins): origins.contains(origin)
        }
    }

    /// The header lines that let the page that asks see the response; none if it may not.
    func headers(for head: RequestHead) -> String {
        if self == .none { return "" }
        guard let origin = head.origin, allows(origin) else { return "Vary: Origin\r\n" }
        var lines = "Access-Control-Allow-Origin: \(self == .any ? "*" : origin)\r\nVary: Origin\r\n"
        if head.method == .OPTIONS {
            lines += "Access-Control-Allow-Methods: \(head.route?.allow ?? "")\r\n"
            lines += "Access-Control-Allow-Headers: Authorization, Content-Type, Accept, If-None-Match\r\n"
            lines += "Access-Control-Max-Age: 600\r\n"
        } else {
            lines += "Access-Control-Expose-Headers: ETag, X-Cache\r\n"
        }
        return lines
    }
}
