import CommandDispatch
import Stats

extension MetricsPage {
    /// Who is connected, and what was sent to and fro.
    func writeClients(_ writer: inout MetricsWriter) {
        writer.gauge(
            "ocm_clients",
            "Clients that are connected.",
            byListener({ $0.clients.current }, { $0.restClients.current })
        )
        writer.gauge("ocm_max_clients", "Clients that may be connected at once.", maxClients)
        writer.counter(
            "ocm_connections",
            "Clients that ever connected.",
            byListener({ $0.connections.current }, { $0.restConnections.current })
        )
        writer.counter(
            "ocm_rejected_connections",
            "Clients turned away: too many, or from another machine while no password is set.",
            server.total { $0.rejectedConnections.current }
        )
        writer.counter(
            "ocm_received_bytes",
            "Bytes received from clients.",
            byListener({ $0.bytesIn.current }, { $0.restBytesIn.current })
        )
        writer.counter(
            "ocm_sent_bytes",
            "Bytes sent to clients.",
            byListener({ $0.bytesOut.current }, { $0.restBytesOut.current })
        )
        writer.gauge(
            "ocm_pinned_sessions",
            "Clients that have a connection to Redis to themselves until their transaction or the like is over.",
            server.total { $0.pinnedSessions.current }
        )
        writer.gauge(
            "ocm_tunnels",
            "Clients that have a connection to Redis to themselves until they leave: subscribers and the like.",
            server.total { $0.tunnels.current }
        )
    }

    /// The requests that came over HTTP.
    func writeHTTP(_ writer: inout MetricsWriter) {
        let (answers, durations) = server.http
        writer.counter(
            "ocm_http_requests",
            "HTTP requests answered, by what was asked for, method and class of status.",
            answers.map {
                MetricSample(
                    $0.count,
                    ("route", $0.route.name),
                    ("method", $0.verb.name),
                    ("code", "\($0.statusClass)xx")
                )
            }
        )
        writer.histogram(
            "ocm_http_request_duration_seconds",
            "How long HTTP requests took, from having been read to having their answers written.",
            [([], durations)]
        )
    }

    private func byListener(
        _ redis: (borrowing LoopCounters) -> Int,
        _ rest: (borrowing LoopCounters) -> Int
    ) -> [MetricSample] {
        [
            MetricSample(server.total(redis), ("listener", "redis")),
            MetricSample(server.total(rest), ("listener", "rest")),
        ]
    }
}
