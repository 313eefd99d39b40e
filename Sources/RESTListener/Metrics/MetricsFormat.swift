/// In which of its two formats Prometheus is told the figures.
///
/// They differ in little: OpenMetrics names a counter's family without the `_total` of its sample, has units, and ends
/// with a line that shows that nothing is missing.
enum MetricsFormat {
    /// Prometheus's text format, version 0.0.4.
    case prometheus
    /// OpenMetrics, version 1.0.
    case openMetrics

    /// The format that suits a request's `Accept` header: OpenMetrics only for those who like it at least as much as
    /// plain text.
    init(accept: String?) {
        var openMetrics = 0.0
        var plain = 0.0
        for range in (accept ?? "").lowercased().split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" && $0 != "\"" } }
            func parameter(_ name: String) -> Substring? {
                parts.dropFirst().first { $0.hasPrefix(name + "=") }?.dropFirst(name.count + 1)
            }
            let quality = parameter("q").map { Double($0) ?? 0 } ?? 1
            switch parts.first {
            case "application/openmetrics-text":
                // 0.0.1 is the draft of 1.0.0; a later major version would be another format.
                let version = parameter("version") ?? "1.0.0"
                if version == "0.0.1" || version.hasPrefix("1.") { openMetrics = max(openMetrics, quality) }
            case "text/plain": plain = max(plain, quality)
            default: break
            }
        }
        self = openMetrics > 0 && openMetrics >= plain ? .openMetrics : .prometheus
    }

    /// What the answer's `Content-Type` says.
    var contentType: StaticString {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }
}
