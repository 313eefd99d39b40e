import NIOCore
import Stats

/// Writes families of metrics as Prometheus reads them.
///
/// A family is called by its name in OpenMetrics: a counter's without `_total`, an info's without `_info`. What follows
/// the last `_`, `bytes` or `seconds`, is its unit.
struct MetricsWriter {
    private(set) var buffer: ByteBuffer
    private let format: MetricsFormat

    init(_ buffer: ByteBuffer, _ format: MetricsFormat) {
        self.buffer = buffer
        self.format = format
    }

    /// What only grows.
    mutating func counter(_ name: String, _ help: String, _ samples: [MetricSample]) {
        head(name, name + "_total", "counter", help)
        for sample in samples { line(name + "_total", sample.labels, sample.value) }
    }

    /// What only grows.
    mutating func counter(_ name: String, _ help: String, _ value: Int) { counter(name, help, [MetricSample(value)]) }

    /// What may go up and down.
    mutating func gauge(_ name: String, _ help: String, _ samples: [MetricSample]) {
        head(name, name, "gauge", help)
        for sample in samples { line(name, sample.labels, sample.value) }
    }

    /// What may go up and down.
    mutating func gauge(_ name: String, _ help: String, _ value: Int) { gauge(name, help, [MetricSample(value)]) }

    /// What may go up and down.
    mutating func gauge(_ name: String, _ help: String, _ value: Double) { gauge(name, help, [MetricSample(value)]) }

    /// What is said by labels alone.
    mutating func info(_ name: String, _ help: String, _ labels: (name: String, value: String)...) {
        head(name, name + "_info", format == .openMetrics ? "info" : "gauge", help)
        line(name + "_info", labels, "1")
    }

    /// How long things took, in seconds, each histogram told by `labels` from the family's others.
    mutating func histogram(
        _ name: String,
        _ help: String,
        _ histograms: [(labels: [(name: String, value: String)], times: LatencySnapshot)]
    ) {
        head(name, name, "histogram", help)
        for (labels, times) in histograms {
            for (bound, count) in zip(Self.bounds, times.cumulativeCounts(upTo: Self.bounds)) {
                line(name + "_bucket", labels + [("le", "\(Double(bound) / 1e9)")], "\(count)")
            }
            line(name + "_bucket", labels + [("le", "+Inf")], "\(times.count)")
            line(name + "_sum", labels, "\(Double(times.total) / 1e9)")
            line(name + "_count", labels, "\(times.count)")
        }
    }

    /// Writes the end, behind which nothing may come.
    mutating func end() {
        if format == .openMetrics { buffer.writeStaticString("# EOF\n") }
    }

    /// The histograms' bounds in nanoseconds, 2 µs to 10 s: a hit takes a few microseconds, a Redis far away some tens
    /// of milliseconds.
    private static let bounds: [Int] =
        [2, 5, 10, 25, 50, 100, 250, 500].map { $0 * 1000 }
        + [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000].map { $0 * 1_000_000 }

    /// A family's first lines; `plainName` is what it is called in the plain format.
    private mutating func head(_ name: String, _ plainName: String, _ type: String, _ help: String) {
        let family = format == .openMetrics ? name : plainName
        // In OpenMetrics quotes are escaped in help, too; in the plain format they mustn't be.
        buffer.writeString("# HELP \(family) \(Self.escaped(help, quotes: format == .openMetrics))\n")
        buffer.writeString("# TYPE \(family) \(type)\n")
        guard format == .openMetrics else { return }
        for unit in ["bytes", "seconds"] where name.hasSuffix("_" + unit) {
            buffer.writeString("# UNIT \(family) \(unit)\n")
        }
    }

    private mutating func line(_ name: String, _ labels: [(name: String, value: String)], _ value: String) {
        buffer.writeString(name)
        var separator = "{"
        for label in labels {
            buffer.writeString("\(separator)\(label.name)=\"\(Self.escaped(label.value, quotes: true))\"")
            separator = ","
        }
        buffer.writeString("\(labels.isEmpty ? "" : "}") \(value)\n")
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
