import NIOCore
import Stats
import Testing

@testable import RESTListener

@Suite("The writer of metrics")
struct MetricsWriterTests {
    private func text(_ format: MetricsFormat, _ write: (inout MetricsWriter) -> Void) -> String {
        var writer = MetricsWriter(ByteBuffer(), format)
        write(&writer)
        writer.end()
        return String(buffer: writer.buffer)
    }

    @Test("a counter's family has _total in its name only in the plain format")
    func counters() {
        func write(_ writer: inout MetricsWriter) { writer.counter("sent_bytes", "Bytes sent.", 12) }
        #expect(
            text(.prometheus, write) == """
                # HELP sent_bytes_total Bytes sent.
                # TYPE sent_bytes_total counter
                sent_bytes_total 12

                """
        )
        #expect(
            text(.openMetrics, write) == """
                # HELP sent_bytes Bytes sent.
                # TYPE sent_bytes counter
                # UNIT sent_bytes bytes
                sent_bytes_total 12
                # EOF

                """
        )
    }

    @Test("an info is a gauge of 1 in the plain format")
    func infos() {
        func write(_ writer: inout MetricsWriter) {
            writer.info("build", "Which.", ("version", "1.2"), ("mode", "proxy"))
        }
        #expect(
            text(.prometheus, write) == """
                # HELP build_info Which.
                # TYPE build_info gauge
                build_info{version="1.2",mode="proxy"} 1

                """
        )
        #expect(
            text(.openMetrics, write) == """
                # HELP build Which.
                # TYPE build info
                build_info{version="1.2",mode="proxy"} 1
                # EOF

                """
        )
    }

    @Test("labels and help are escaped")
    func escaping() {
        func write(_ writer: inout MetricsWriter) {
            writer.gauge("size", "a \"b\" \\ c\nd", [MetricSample(0.5, ("path", "a \"b\" \\ c\nd\r\u{301}ü{}"))])
        }
        let sample = #"size{path="a \"b\" \\ c\nd"# + "\r\u{301}ü{}\"} 0.5\n"
        #expect(text(.prometheus, write) == "# HELP size a \"b\" \\\\ c\\nd\n# TYPE size gauge\n" + sample)
        #expect(
            text(.openMetrics, write)
                == #"# HELP size a \"b\" \\ c\nd"# + "\n# TYPE size gauge\n" + sample + "# EOF\n"
        )
    }

    @Test("a histogram's buckets grow to its count, and its figures are in seconds", arguments: [true, false])
    func histograms(labelled: Bool) throws {
        let histogram = LatencyHistogram()
        for exponent in 0..<36 { histogram.record(nanoseconds: 1 << exponent, count: exponent + 1) }
        let written = text(.openMetrics) { writer in
            writer.histogram(
                "duration_seconds",
                "How long.",
                [(labelled ? [("source", "cache")] : [], histogram.snapshot())]
            )
        }
        let lines = written.split(separator: "\n")
        #expect(lines[1] == "# TYPE duration_seconds histogram")
        #expect(lines[2] == "# UNIT duration_seconds seconds")
        let label = labelled ? #"source="cache","# : ""
        var bounds: [Double] = []
        var counts: [Int] = []
        for line in lines where line.hasPrefix("duration_seconds_bucket{\(label)le=\"") {
            let parts = line.split(separator: "\"")
            let bound = parts[labelled ? 3 : 1].replacing("+Inf", with: "inf")
            bounds.append(try #require(Double(bound)))
            let count = try #require(line.split(separator: " ").last)
            counts.append(try #require(Int(count)))
        }
        #expect(bounds.count > 10 && bounds == bounds.sorted() && Set(bounds).count == bounds.count)
        #expect(bounds.last == .infinity)
        #expect(counts == counts.sorted() && counts.last == 666)
        // Everything up to the bound, to the histogram's 1.6 %.
        for (bound, count) in zip(bounds, counts) {
            let expected = (0..<36).filter { Double(1 << $0) / 1e9 <= bound }.reduce(0) { $0 + $1 + 1 }
            #expect(count == expected, "\(bound)")
        }
        let suffix = labelled ? #"{source="cache"}"# : ""
        #expect(lines.contains("duration_seconds_count\(suffix) 666"))
        let total = (0..<36).reduce(0) { $0 + ($1 + 1) << $1 }
        #expect(lines.contains("duration_seconds_sum\(suffix) \(Double(total) / 1e9)"))
    }

    @Test("bounds are written as Prometheus's own libraries write them")
    func bounds() {
        let written = text(.openMetrics) { $0.histogram("t_seconds", "t", [([], LatencySnapshot())]) }
        for bound in ["2e-06", "1e-05", "2.5e-05", "0.0001", "0.00025", "0.001", "0.1", "1.0", "10.0", "+Inf"] {
            #expect(written.contains("t_seconds_bucket{le=\"\(bound)\"} 0\n"))
        }
    }

    @Test("what is in the buffer already stays")
    func appending() {
        var writer = MetricsWriter(ByteBuffer(string: "before\n"), .prometheus)
        writer.gauge("a", "b", 1)
        #expect(String(buffer: writer.buffer) == "before\n# HELP a b\n# TYPE a gauge\na 1\n")
    }
}
