import ValueCompression

/// How a body is compressed, if it is.
enum ContentCoding: String, CaseIterable {
    case gzip
    case deflate

    /// Bodies smaller than this gain nothing.
    static let smallestBody = 1 << 10

    /// What it adds to an entity tag.
    var suffix: StaticString {
        switch self {
        case .gzip: "-gzip"
        case .deflate: "-deflate"
        }
    }

    /// What zlib calls it. HTTP's `deflate` is zlib's own format.
    var format: DeflateFormat {
        switch self {
        case .gzip: .gzip
        case .deflate: .zlib
        }
    }

    /// The coding to use of those that `Accept-Encoding` names: the one that the client likes best.
    static func preferred(in header: String) -> ContentCoding? {
        var best: (coding: ContentCoding, quality: Double)?
        var any = 0.0
        var named: Set<ContentCoding> = []
        for item in header.split(separator: ",") {
            let parts = item.split(separator: ";")
            let name = parts.first.map { $0.trimmingSpaces.lowercased() } ?? ""
            let quality = parts.dropFirst().reduce(1.0) { quality, parameter in
                let text = parameter.trimmingSpaces.lowercased()
                return text.hasPrefix("q=") ? Double(text.dropFirst(2)) ?? 0 : quality
            }
            if name == "*" { any = quality }
            guard let coding = ContentCoding(rawValue: name == "x-gzip" ? "gzip" : name) else { continue }
            named.insert(coding)
            if quality > best?.quality ?? 0 { best = (coding, quality) }
        }
        if best == nil, any > 0 { return allCases.first { !named.contains($0) } }
        return best?.coding
    }
}
