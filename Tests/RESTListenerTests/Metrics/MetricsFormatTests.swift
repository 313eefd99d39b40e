import Testing

@testable import RESTListener

@Suite("Which format metrics are written in")
struct MetricsFormatTests {
    @Test(
        "OpenMetrics is for those who ask for it",
        arguments: [
            // What Prometheus 2.42 and 3.0 send.
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                + "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,"
                + "text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            "application/openmetrics-text",
            "Application/OpenMetrics-Text; Version=\"1.0.0\"; charset=utf-8",
            "text/plain, application/openmetrics-text",
        ]
    )
    func openMetrics(accept: String) { #expect(MetricsFormat(accept: accept) == .openMetrics) }

    @Test(
        "everybody else gets the plain format",
        arguments: [
            nil, "", "*/*", "text/html,*/*;q=0.8", "text/plain;version=0.0.4", "application/openmetrics-text;q=0",
            "application/openmetrics-text;version=2.0.0", "application/openmetrics-text;q=0.3,text/plain;q=0.5",
            "application/openmetrics-text;q=much", "application/json", ",;=",
        ]
    )
    func plain(accept: String?) { #expect(MetricsFormat(accept: accept) == .prometheus) }
}
